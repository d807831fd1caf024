// Loops over the elements of matrices, in one precision; see both_precisions.h.

// Whether no element is NaN or infinite: LAPACK's iterations may not end otherwise.
static inline bool NAME(is_finite)(size_t count, const REAL *x) {
  // x - x is 0 for finite numbers alone; without a branch the loop is vectorized.
  int found = 0;
  for (size_t i = 0; i < count; i++) found |= x[i] - x[i] != 0;
  return !found;
}

static inline void NAME(fill)(size_t count, REAL *x, REAL value) {
  for (size_t i = 0; i < count; i++) x[i] = value;
}

static inline void NAME(fill_nan)(size_t count, REAL *x) { NAME(fill)(count, x, (REAL)NAN); }

static inline void NAME(fill_identity)(int rows, int columns, REAL *x) {
  NAME(fill)((size_t)rows * columns, x, 0);
  for (int i = 0; i < la_smaller(rows, columns); i++) x[(size_t)i * columns + i] = 1;
}

// out[j, i] = in[i, j], in tiles that stay in the first-level cache.
static inline void NAME(transpose)(int rows, int columns, REAL *out, const REAL *in) {
  enum { tile = 16 };
  for (int r = 0; r < rows; r += tile) {
    for (int c = 0; c < columns; c += tile) {
      for (int i = r; i < la_smaller(rows, r + tile); i++) {
        for (int j = c; j < la_smaller(columns, c + tile); j++) {
          out[(size_t)j * rows + i] = in[(size_t)i * columns + j];
        }
      }
    }
  }
}

// The lower half of (in + in^T) / 2, zeros above it. Returns whether all of it is finite.
static inline bool NAME(symmetric_half)(int n, REAL *out, const REAL *in) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      out[(size_t)i * n + j] =
        (REAL)0.5 * in[(size_t)i * n + j] + (REAL)0.5 * in[(size_t)j * n + i];
    }
    for (int j = i + 1; j < n; j++) out[(size_t)i * n + j] = 0;
  }
  return NAME(is_finite)((size_t)n * n, out);
}

// The sign that makes a vector's largest component positive. Of components nearly as large as the
// largest the first decides, so that rounding does not.
static inline REAL NAME(orientation)(int count, size_t stride, const REAL *x) {
  REAL largest = 0;
  for (int i = 0; i < count; i++) {
    REAL size = x[i * stride] < 0 ? -x[i * stride] : x[i * stride];
    if (size > largest) largest = size;
  }
  for (int i = 0; i < count; i++) {
    if (x[i * stride] >= (REAL)0.9 * largest) return 1;
    if (-x[i * stride] >= (REAL)0.9 * largest) return -1;
  }
  return 1;
}

// Multiplies each column by a number.
static inline void NAME(scale_columns)(int rows, int columns, REAL *x, const REAL *factors) {
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < columns; j++) x[(size_t)i * columns + j] *= factors[j];
  }
}

// Multiplies each row by a number.
static inline void NAME(scale_rows)(int rows, int columns, REAL *x, const REAL *factors) {
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < columns; j++) x[(size_t)i * columns + j] *= factors[i];
  }
}

// What LAPACK answers when asked for its workspace, as a count; rounding must not make it less.
static inline size_t NAME(counted)(REAL answer) {
  return (size_t)((double)answer * (1 + EPSILON)) + 1;
}
