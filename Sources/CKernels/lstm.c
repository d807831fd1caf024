// The step of a long short-term memory behind its products, and its gradient, element by element.

#include "elementwise_math.h"

// Below this many elements of the cell, waking another thread costs more than it saves.
#define CK_CELL_GRAIN 2048

#define ck_hyperbolic_tangent_f64 __builtin_tanh

typedef struct ck_lstm_step {
  const ck_lstm *lstm;
  const void *sums, *cell;
  void *hidden, *next_cell, *gates;
} ck_lstm_step;

typedef struct ck_lstm_gradient {
  const ck_lstm *lstm;
  const void *gates, *cell, *hidden_gradient, *next_cell_gradient;
  void *sum_gradients, *cell_gradient;
} ck_lstm_gradient;

// Elements of the cell that lie in one row, and where the first gate of the first of them is.
typedef struct ck_lstm_part {
  size_t count, gate;
} ck_lstm_part;

// The part of `begin` ..< `end` that begins there.
CK_INLINE ck_lstm_part ck_lstm_part_at(const ck_lstm *lstm, size_t begin, size_t end) {
  size_t row = begin / lstm->units, first = begin % lstm->units;
  size_t rest = lstm->units - first;
  return (ck_lstm_part){rest < end - begin ? rest : end - begin, 4 * row * lstm->units + first};
}

// Steps of f16 and bf16 have cells of f32. Each part lies within a row; results may be written over
// the operands of the same sizes, since every element is read before it is written.
#define CK_LSTM(suffix, storage, computation, math, vectorize)                                    \
  CK_CLONES static void ck_lstm_part_##suffix(                                                    \
      const storage *sums, const computation *cell, storage *hidden, computation *next_cell,      \
      storage *gates, size_t units, size_t n) {                                                   \
    vectorize                                                                                     \
    for (size_t k = 0; k < n; k++) {                                                              \
      computation i = ck_logistic_##math(CK_LOAD_##suffix(sums[k]));                              \
      computation f = ck_logistic_##math(CK_LOAD_##suffix(sums[units + k]));                      \
      computation g = ck_hyperbolic_tangent_##math(CK_LOAD_##suffix(sums[2 * units + k]));        \
      computation o = ck_logistic_##math(CK_LOAD_##suffix(sums[3 * units + k]));                  \
      computation c = f * cell[k] + i * g;                                                        \
      gates[k] = CK_STORE_##suffix(i);                                                            \
      gates[units + k] = CK_STORE_##suffix(f);                                                    \
      gates[2 * units + k] = CK_STORE_##suffix(g);                                                \
      gates[3 * units + k] = CK_STORE_##suffix(o);                                                \
      next_cell[k] = c;                                                                           \
      hidden[k] = CK_STORE_##suffix(o * ck_hyperbolic_tangent_##math(c));                         \
    }                                                                                             \
  }                                                                                               \
  CK_CLONES static void ck_lstm_gradient_part_##suffix(                                           \
      const storage *gates, const computation *cell, const storage *hidden_gradient,              \
      const computation *next_cell_gradient, storage *sum_gradients, computation *cell_gradient,  \
      size_t units, size_t n) {                                                                   \
    vectorize                                                                                     \
    for (size_t k = 0; k < n; k++) {                                                              \
      computation i = CK_LOAD_##suffix(gates[k]), f = CK_LOAD_##suffix(gates[units + k]);         \
      computation g = CK_LOAD_##suffix(gates[2 * units + k]);                                     \
      computation o = CK_LOAD_##suffix(gates[3 * units + k]);                                     \
      computation before = cell[k], dh = CK_LOAD_##suffix(hidden_gradient[k]);                    \
      computation t = ck_hyperbolic_tangent_##math(f * before + i * g);                           \
      computation dc = next_cell_gradient[k] + dh * o * (1 - t * t);                              \
      sum_gradients[k] = CK_STORE_##suffix(dc * g * (i * (1 - i)));                               \
      sum_gradients[units + k] = CK_STORE_##suffix(dc * before * (f * (1 - f)));                  \
      sum_gradients[2 * units + k] = CK_STORE_##suffix(dc * i * (1 - g * g));                     \
      sum_gradients[3 * units + k] = CK_STORE_##suffix(dh * t * (o * (1 - o)));                   \
      cell_gradient[k] = dc * f;                                                                  \
    }                                                                                             \
  }                                                                                               \
  static void ck_lstm_range_##suffix(void *context, size_t begin, size_t end) {                   \
    const ck_lstm_step *step = context;                                                           \
    while (begin < end) {                                                                         \
      ck_lstm_part part = ck_lstm_part_at(step->lstm, begin, end);                                \
      ck_lstm_part_##suffix(                                                                      \
        (const storage *)step->sums + part.gate, (const computation *)step->cell + begin,         \
        (storage *)step->hidden + begin, (computation *)step->next_cell + begin,                  \
        (storage *)step->gates + part.gate, step->lstm->units, part.count);                       \
      begin += part.count;                                                                        \
    }                                                                                             \
  }                                                                                               \
  static void ck_lstm_gradient_range_##suffix(void *context, size_t begin, size_t end) {          \
    const ck_lstm_gradient *step = context;                                                       \
    while (begin < end) {                                                                         \
      ck_lstm_part part = ck_lstm_part_at(step->lstm, begin, end);                                \
      ck_lstm_gradient_part_##suffix(                                                             \
        (const storage *)step->gates + part.gate, (const computation *)step->cell + begin,        \
        (const storage *)step->hidden_gradient + begin,                                           \
        (const computation *)step->next_cell_gradient + begin,                                    \
        (storage *)step->sum_gradients + part.gate,                                               \
        (computation *)step->cell_gradient + begin, step->lstm->units, part.count);               \
      begin += part.count;                                                                        \
    }                                                                                             \
  }
CK_LSTM(f16, ck_f16, float, f32, CK_VECTOR_LOOP)
CK_LSTM(bf16, ck_bf16, float, f32, CK_VECTOR_LOOP)
CK_LSTM(f32, float, float, f32, CK_VECTOR_LOOP)
CK_LSTM(f64, double, double, f64, )

static void ck_run_ranges(const ck_lstm *lstm, const ck_range_body bodies[CK_TYPE_COUNT],
                          void *context) {
  ck_range_body body = bodies[lstm->type];
  if (body) ck_parallel_for(lstm->batch * lstm->units, CK_CELL_GRAIN, body, context);
}

void ck_run_lstm(const ck_lstm *lstm, void *hidden, void *next_cell, void *gates,
                 const void *sums, const void *cell) {
  static const ck_range_body bodies[CK_TYPE_COUNT] = {
    [CK_F16] = ck_lstm_range_f16, [CK_BF16] = ck_lstm_range_bf16,
    [CK_F32] = ck_lstm_range_f32, [CK_F64] = ck_lstm_range_f64,
  };
  ck_lstm_step step = {lstm, sums, cell, hidden, next_cell, gates};
  ck_run_ranges(lstm, bodies, &step);
}

void ck_run_lstm_gradient(const ck_lstm *lstm, void *sum_gradients, void *cell_gradient,
                          const void *gates, const void *cell, const void *hidden_gradient,
                          const void *next_cell_gradient) {
  static const ck_range_body bodies[CK_TYPE_COUNT] = {
    [CK_F16] = ck_lstm_gradient_range_f16, [CK_BF16] = ck_lstm_gradient_range_bf16,
    [CK_F32] = ck_lstm_gradient_range_f32, [CK_F64] = ck_lstm_gradient_range_f64,
  };
  ck_lstm_gradient step = {
    lstm, gates, cell, hidden_gradient, next_cell_gradient, sum_gradients, cell_gradient,
  };
  ck_run_ranges(lstm, bodies, &step);
}
