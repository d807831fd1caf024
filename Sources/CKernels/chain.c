// Chains: runs of element operations that keep what they compute in registers from one to the next.
//
// A block kernel reads its operands from the first-level cache and writes its result there, which
// takes longer than an addition. A chain runs all its operations on a tile of eight vectors before it
// goes on to the next tile; what dispatching an operation takes is shared by the tile.

#include "element_kernel.h"

#include <stdbool.h>

// Multiplication and addition stay two instructions with two roundings.
#define CK_ROUND_EACH _Pragma("clang fp contract(off)")

#define CK_LARGEST_TILE 512   // bytes

// ---------------------------------------------------------------------------------------------
// Operations: X(name, expression). x is what the tile holds, y the operand; results are those of the
// block kernels. Truth values have all bits or none.

#define CK_LINK_BINARIES(X) \
  X(ADD, x + y) \
  X(SUBTRACT, x - y) \
  X(SUBTRACT_FROM, y - x) \
  X(MULTIPLY, x * y) \
  X(DIVIDE, x / y) \
  X(DIVIDE_INTO, y / x) \
  X(POSITIVE_GATE, x > 0 ? y : 0) \
  X(POSITIVE_GATE_BY, y > 0 ? x : 0) \
  X(EQUAL, x == y) \
  X(NOT_EQUAL, x != y) \
  X(LESS, x < y) \
  X(LESS_OR_EQUAL, x <= y) \
  X(GREATER, x > y) \
  X(GREATER_OR_EQUAL, x >= y) \
  X(INTEGER_EQUAL, (integers)x == (integers)y) \
  X(INTEGER_NOT_EQUAL, (integers)x != (integers)y) \
  X(INTEGER_LESS, (integers)x < (integers)y) \
  X(INTEGER_LESS_OR_EQUAL, (integers)x <= (integers)y) \
  X(INTEGER_GREATER, (integers)x > (integers)y) \
  X(INTEGER_GREATER_OR_EQUAL, (integers)x >= (integers)y) \
  X(BIT_AND, (integers)x & (integers)y) \
  X(BIT_OR, (integers)x | (integers)y) \
  X(BIT_XOR, (integers)x ^ (integers)y)

// X(name, expression, the same unless y is NaN, the same unless it is zero either): two zeros are equal
// and yet two results.
#define CK_LINK_EXTREMES(X) \
  X(MAXIMUM, ((x > y) | (x != x)) ? x : y, x <= y ? y : x, y > x ? y : x) \
  X(MAXIMUM_FROM, ((y > x) | (y != y)) ? y : x, y > x ? y : x, y > x ? y : x) \
  X(MINIMUM, ((x < y) | (x != x)) ? x : y, x >= y ? y : x, y < x ? y : x) \
  X(MINIMUM_FROM, ((y < x) | (y != y)) ? y : x, y < x ? y : x, y < x ? y : x)

#define CK_LINK_UNARIES(X) \
  X(NEGATE, -x) \
  X(ABSOLUTE, __builtin_elementwise_abs(x)) \
  X(SIGN, x > 0 ? (vector)1 : x < 0 ? (vector)-1 : x) \
  X(SQUARE_ROOT, __builtin_elementwise_sqrt(x)) \
  X(RECIPROCAL_SQUARE_ROOT, 1 / __builtin_elementwise_sqrt(x)) \
  X(FLOOR, __builtin_elementwise_floor(x)) \
  X(CEILING, __builtin_elementwise_ceil(x)) \
  X(ROUND, __builtin_elementwise_rint(x)) \
  X(RECTIFIED_LINEAR, x < 0 ? 0 : x) \
  X(BIT_NOT, ~(integers)x)

#define CK_LINK_NAME(name, ...) CK_LINK_##name,
enum {
  CK_LINK_END = CK_LINK_NAMED_COUNT,
  CK_LINK_BINARIES(CK_LINK_NAME) CK_LINK_EXTREMES(CK_LINK_NAME) CK_LINK_UNARIES(CK_LINK_NAME)
  CK_LINK_SELECT, CK_LINK_SELECT_FIRST, CK_LINK_SELECT_SECOND
};

// An operation, by which of its operands are constants.
#define CK_LINK_CODE(name, first_constant, second_constant) \
  (4 * CK_LINK_##name + 2 * (first_constant) + (second_constant))

// A link ready to run: where its operands are, and the bits of a tile's offset by which they move on: all
// for elements, the lower ones for elements that repeat.
typedef struct ck_running_link {
  uint32_t code;
  char *operands[2];
  size_t moves[2];
} ck_running_link;

// Runs links on the tiles that begin at `begin`, `begin` + a tile and so on before `end`, in bytes.
typedef void (*ck_tile_function)(const ck_running_link *first, size_t begin, size_t end);

#if defined(__x86_64__)
#define CK_TILE_FUNCTION ck_run_tiles_f32_v4
#define CK_TILE_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define CK_TILE_LANE float
#define CK_TILE_INTEGER int32_t
#define CK_TILE_VECTOR 64
#include "chain_tile.h"

#define CK_TILE_FUNCTION ck_run_tiles_f64_v4
#define CK_TILE_TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define CK_TILE_LANE double
#define CK_TILE_INTEGER int64_t
#define CK_TILE_VECTOR 64
#include "chain_tile.h"

#define CK_TILE_FUNCTION ck_run_tiles_f32_v3
#define CK_TILE_TARGET __attribute__((target("arch=x86-64-v3")))
#define CK_TILE_LANE float
#define CK_TILE_INTEGER int32_t
#define CK_TILE_VECTOR 32
#include "chain_tile.h"

#define CK_TILE_FUNCTION ck_run_tiles_f64_v3
#define CK_TILE_TARGET __attribute__((target("arch=x86-64-v3")))
#define CK_TILE_LANE double
#define CK_TILE_INTEGER int64_t
#define CK_TILE_VECTOR 32
#include "chain_tile.h"
#endif

#define CK_TILE_FUNCTION ck_run_tiles_f32
#define CK_TILE_TARGET
#define CK_TILE_LANE float
#define CK_TILE_INTEGER int32_t
#define CK_TILE_VECTOR 16
#include "chain_tile.h"

#define CK_TILE_FUNCTION ck_run_tiles_f64
#define CK_TILE_TARGET
#define CK_TILE_LANE double
#define CK_TILE_INTEGER int64_t
#define CK_TILE_VECTOR 16
#include "chain_tile.h"

// The function for the processor, and the bytes of its tiles.
static ck_tile_function ck_choose_tiles(bool is_double, size_t *tile) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) {
    *tile = 8 * 64;
    return is_double ? ck_run_tiles_f64_v4 : ck_run_tiles_f32_v4;
  }
  if (__builtin_cpu_supports("x86-64-v3")) {
    *tile = 8 * 32;
    return is_double ? ck_run_tiles_f64_v3 : ck_run_tiles_f32_v3;
  }
#endif
  *tile = 8 * 16;
  return is_double ? ck_run_tiles_f64 : ck_run_tiles_f32;
}

// ---------------------------------------------------------------------------------------------
// Which link does an operation

// By the operand that the tile holds.
static const int16_t ck_operation_links[CK_OP_COUNT][3] = {
  [CK_OP_ADD] = {CK_LINK_ADD, CK_LINK_ADD},
  [CK_OP_SUBTRACT] = {CK_LINK_SUBTRACT, CK_LINK_SUBTRACT_FROM},
  [CK_OP_MULTIPLY] = {CK_LINK_MULTIPLY, CK_LINK_MULTIPLY},
  [CK_OP_DIVIDE] = {CK_LINK_DIVIDE, CK_LINK_DIVIDE_INTO},
  [CK_OP_MAXIMUM] = {CK_LINK_MAXIMUM, CK_LINK_MAXIMUM_FROM},
  [CK_OP_MINIMUM] = {CK_LINK_MINIMUM, CK_LINK_MINIMUM_FROM},
  [CK_OP_POSITIVE_GATE] = {CK_LINK_POSITIVE_GATE, CK_LINK_POSITIVE_GATE_BY},
  [CK_OP_EQUAL] = {CK_LINK_EQUAL, CK_LINK_EQUAL},
  [CK_OP_NOT_EQUAL] = {CK_LINK_NOT_EQUAL, CK_LINK_NOT_EQUAL},
  [CK_OP_LESS] = {CK_LINK_LESS, CK_LINK_GREATER},
  [CK_OP_LESS_OR_EQUAL] = {CK_LINK_LESS_OR_EQUAL, CK_LINK_GREATER_OR_EQUAL},
  [CK_OP_GREATER] = {CK_LINK_GREATER, CK_LINK_LESS},
  [CK_OP_GREATER_OR_EQUAL] = {CK_LINK_GREATER_OR_EQUAL, CK_LINK_LESS_OR_EQUAL},
  [CK_OP_BIT_AND] = {CK_LINK_BIT_AND, CK_LINK_BIT_AND},
  [CK_OP_BIT_OR] = {CK_LINK_BIT_OR, CK_LINK_BIT_OR},
  [CK_OP_BIT_XOR] = {CK_LINK_BIT_XOR, CK_LINK_BIT_XOR},
  [CK_OP_BIT_NOT] = {CK_LINK_BIT_NOT},
  [CK_OP_NEGATE] = {CK_LINK_NEGATE},
  [CK_OP_ABSOLUTE] = {CK_LINK_ABSOLUTE},
  [CK_OP_SIGN] = {CK_LINK_SIGN},
  [CK_OP_SQUARE_ROOT] = {CK_LINK_SQUARE_ROOT},
  [CK_OP_RECIPROCAL_SQUARE_ROOT] = {CK_LINK_RECIPROCAL_SQUARE_ROOT},
  [CK_OP_FLOOR] = {CK_LINK_FLOOR},
  [CK_OP_CEILING] = {CK_LINK_CEILING},
  [CK_OP_ROUND] = {CK_LINK_ROUND},
  [CK_OP_RECTIFIED_LINEAR] = {CK_LINK_RECTIFIED_LINEAR},
  [CK_OP_SELECT] = {CK_LINK_SELECT, CK_LINK_SELECT_FIRST, CK_LINK_SELECT_SECOND},
};

int ck_link_operation(ck_op op, ck_type type, int place) {
  int link = ck_operation_links[op][place];
  bool is_comparison = op >= CK_OP_EQUAL && op <= CK_OP_GREATER_OR_EQUAL;
  bool is_bits = (op >= CK_OP_BIT_AND && op <= CK_OP_BIT_XOR) || op == CK_OP_BIT_NOT;
  if (is_bits) return type == CK_BOOL ? link : 0;
  if (op == CK_OP_SELECT) return ck_type_size(type) >= 4 ? link : 0;
  if (type == CK_F32 || type == CK_F64) return link;
  if (!is_comparison || (type != CK_I32 && type != CK_I64)) return 0;
  return link + CK_LINK_INTEGER_EQUAL - CK_LINK_EQUAL;
}

// ---------------------------------------------------------------------------------------------
// Running a chain

static bool ck_is_store(uint16_t operation) {
  return operation == CK_LINK_STORE || operation == CK_LINK_STORE_TRUTH;
}
static bool ck_is_truth(uint16_t operation) {
  return operation == CK_LINK_LOAD_TRUTH || operation == CK_LINK_STORE_TRUTH;
}

// The values of rows that a tile of elements `position` ..< `position + count` needs.
static void ck_fill_rows(size_t size, char *tile, const char *values, size_t position, size_t count,
                         size_t row) {
  size_t r = position / row, left = row - position % row;
  for (size_t i = 0; i < count; r++, left = row) {
    size_t run = left < count - i ? left : count - i;
    if (size == 4) {
      uint32_t value = ((const uint32_t *)values)[r];
      for (size_t k = 0; k < run; k++) ((uint32_t *)tile)[i + k] = value;
    } else {
      uint64_t value = ((const uint64_t *)values)[r];
      for (size_t k = 0; k < run; k++) ((uint64_t *)tile)[i + k] = value;
    }
    i += run;
  }
}

// Runs links on elements `begin` ..< `end` of a block, whole tiles, with the values of their rows.
static void ck_run_rows(const ck_chain *chain, const void *const *values, size_t size,
                        ck_tile_function run, size_t tile, const ck_running_link *links,
                        size_t begin, size_t end, size_t row) {
  while (begin < end) {
    // As many tiles as lie within a row, else the next one alone.
    size_t inside = (row - begin % row) / tile * tile;
    if (inside == 0) inside = tile;
    size_t next = inside < end - begin ? begin + inside : end;
    for (int32_t i = 0; i < chain->link_count; i++) {
      const ck_link *link = &chain->links[i];
      for (int32_t k = 0; k < 2; k++) {
        if (link->kinds[k] != CK_LINK_ROW) continue;
        ck_fill_rows(size, links[i].operands[k], values[link->operands[k]], begin, tile, row);
      }
    }
    run(links, begin * size, next * size);
    begin = next;
  }
}

void ck_run_chain(const ck_chain *chain, const void *const *values, const size_t *periods, size_t n,
                  size_t row) {
  size_t tile_bytes, size = ck_type_size(chain->lanes);
  ck_tile_function run = ck_choose_tiles(chain->lanes == CK_F64, &tile_bytes);
  size_t tile = tile_bytes / size, whole = n / tile * tile;

  // Slots, then a tile for each link's row operands or what is left at the end.
  size_t slots = (size_t)chain->slot_count, link_count = (size_t)chain->link_count;
  char space[(slots + 2 * link_count) * CK_LARGEST_TILE + 64];
  char *slot = (char *)(((uintptr_t)space + 63) & ~(uintptr_t)63);
  char *spare = slot + slots * CK_LARGEST_TILE;
  ck_running_link links[link_count + 1];
  bool has_rows = false;
  for (size_t i = 0; i < link_count; i++) {
    const ck_link *link = &chain->links[i];
    links[i].code = 4 * (uint32_t)link->operation + 2 * (link->kinds[0] == CK_LINK_CONSTANT)
      + (link->kinds[1] == CK_LINK_CONSTANT);
    links[i].operands[1] = NULL;
    links[i].moves[1] = 0;
    // Most links have one operand; this runs for each block.
    for (size_t k = 0; k < 2 && (k == 0 || link->kinds[1] != CK_LINK_NONE); k++) {
      links[i].moves[k] = 0;
      switch (link->kinds[k]) {
        case CK_LINK_NONE: links[i].operands[k] = NULL; break;
        case CK_LINK_VALUE: {
          links[i].operands[k] = (char *)values[link->operands[k]];
          // From the beginning again, which stays in the cache; whole tiles at least.
          size_t period = periods[link->operands[k]] * size;
          if (period > 0 && period < tile_bytes) period = tile_bytes;
          links[i].moves[k] = period - 1;
          break;
        }
        case CK_LINK_CONSTANT: links[i].operands[k] = (char *)values[link->operands[k]]; break;
        case CK_LINK_SLOT: links[i].operands[k] = slot + link->operands[k] * CK_LARGEST_TILE; break;
        case CK_LINK_ROW:
          links[i].operands[k] = spare + (2 * i + k) * CK_LARGEST_TILE;
          has_rows = true;
          break;
      }
    }
  }
  links[link_count] = (ck_running_link){.code = CK_LINK_CODE(END, false, false)};

  if (has_rows) {
    ck_run_rows(chain, values, size, run, tile, links, 0, whole, row);
  } else {
    run(links, 0, whole * size);
  }
  if (whole == n) return;

  // The elements after the last whole tile, in copies with room for a tile.
  for (size_t i = 0; i < link_count; i++) {
    const ck_link *link = &chain->links[i];
    size_t element = ck_is_truth(link->operation) ? 1 : size;
    for (size_t k = 0; k < 2; k++) {
      if (link->kinds[k] == CK_LINK_ROW) {
        ck_fill_rows(size, links[i].operands[k], values[link->operands[k]], whole, n - whole, row);
      }
      if (link->kinds[k] != CK_LINK_VALUE) continue;
      links[i].operands[k] = spare + (2 * i + k) * CK_LARGEST_TILE;
      links[i].moves[k] = 0;
      // What the chain itself has written before is there.
      for (size_t earlier = 0; earlier < i; earlier++) {
        const ck_link *other = &chain->links[earlier];
        if (ck_is_store(other->operation) && other->kinds[0] == CK_LINK_VALUE
            && other->operands[0] == link->operands[k]) {
          links[i].operands[k] = links[earlier].operands[0];
        }
      }
      if (ck_is_store(link->operation)) continue;
      if (links[i].operands[k] != spare + (2 * i + k) * CK_LARGEST_TILE) continue;
      memset(links[i].operands[k], 0, tile_bytes);
      memcpy(links[i].operands[k], (const char *)values[link->operands[k]] + whole * element,
             (n - whole) * element);
    }
  }
  run(links, 0, 1);
  for (size_t i = 0; i < link_count; i++) {
    const ck_link *link = &chain->links[i];
    if (!ck_is_store(link->operation) || link->kinds[0] != CK_LINK_VALUE) continue;
    size_t element = ck_is_truth(link->operation) ? 1 : size;
    memcpy((char *)values[link->operands[0]] + whole * element, links[i].operands[0],
           (n - whole) * element);
  }
}
