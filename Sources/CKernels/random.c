// Random bits: Threefry-2x32 with 20 rounds, a counter-based generator (Salmon, Moraes, Dror and
// Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). A block gives what it gives in JAX.

#include "element_kernel.h"

CK_INLINE uint32_t ck_rotate_left(uint32_t x, unsigned amount) {
  return (x << amount) | (x >> (32 - amount));
}

#define CK_ROUND(amount) \
  x0 += x1; \
  x1 = ck_rotate_left(x1, amount) ^ x0;

// Four rounds and the injection of the key; the rotations and the parity constant below are the
// paper's.
#define CK_ROUNDS_EVEN(key0, key1, number) \
  CK_ROUND(13) CK_ROUND(15) CK_ROUND(26) CK_ROUND(6) x0 += key0; x1 += key1 + number;
#define CK_ROUNDS_ODD(key0, key1, number) \
  CK_ROUND(17) CK_ROUND(29) CK_ROUND(16) CK_ROUND(24) x0 += key0; x1 += key1 + number;

#define CK_THREEFRY \
  x0 += key0; x1 += key1; \
  CK_ROUNDS_EVEN(key1, key2, 1u) \
  CK_ROUNDS_ODD(key2, key0, 2u) \
  CK_ROUNDS_EVEN(key0, key1, 3u) \
  CK_ROUNDS_ODD(key1, key2, 4u) \
  CK_ROUNDS_EVEN(key2, key0, 5u)

#define CK_PARITY 0x1bd11bdau

void ck_threefry2x32(const uint32_t key[2], const uint32_t counter[2], uint32_t result[2]) {
  uint32_t key0 = key[0], key1 = key[1], key2 = CK_PARITY ^ key0 ^ key1;
  uint32_t x0 = counter[0], x1 = counter[1];
  CK_THREEFRY
  result[0] = x0;
  result[1] = x1;
}

CK_CLONES static void ck_threefry_range(
  uint32_t *out, const uint32_t *key, uint32_t high, uint32_t low, size_t n) {
  uint32_t key0 = key[0], key1 = key[1], key2 = CK_PARITY ^ key0 ^ key1;
  CK_VECTOR_LOOP
  for (size_t i = 0; i < n; i++) {
    uint32_t x0 = high, x1 = low + (uint32_t)i;
    CK_THREEFRY
    out[i] = x0 ^ x1;
  }
}

void ck_random_bits_u32(CK_KERNEL_PARAMETERS) {
  uint32_t *to = out;
  const uint32_t *key = in[0];
  // The high word of the counter is constant up to the next multiple of 2^32.
  uint64_t position = start;
  while (n > 0) {
    uint64_t room = (UINT64_C(1) << 32) - (uint32_t)position;
    size_t part = n < room ? n : (size_t)room;
    ck_threefry_range(to, key, (uint32_t)(position >> 32), (uint32_t)position, part);
    to += part;
    position += part;
    n -= part;
  }
}

typedef struct ck_keyed_job {
  uint32_t *out;
  const uint32_t *keys;
  size_t n;
} ck_keyed_job;

static void ck_fill_with_bits(void *context, size_t begin, size_t end) {
  const ck_keyed_job *job = context;
  while (begin < end) {
    size_t start = begin % job->n, room = job->n - start;
    size_t part = end - begin < room ? end - begin : room;
    const void *key = job->keys + 2 * (begin / job->n);
    ck_random_bits_u32(job->out + begin, &key, start, part);
    begin += part;
  }
}

void ck_random_bits_of_keys(uint32_t *out, const uint32_t *keys, size_t key_count, size_t n) {
  ck_keyed_job job = {out, keys, n};
  ck_parallel_for(key_count * n, 16384, ck_fill_with_bits, &job);
}

void ck_derive_keys(uint32_t *out, const uint32_t *keys, const uint32_t *counters,
                    size_t key_count, size_t n) {
  for (size_t i = 0; i < key_count * n; i++) {
    ck_threefry2x32(keys + 2 * (i / n), counters + 2 * i, out + 2 * i);
  }
}
