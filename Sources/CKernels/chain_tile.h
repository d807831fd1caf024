// The operations of chains on a tile: eight vectors that stay in registers from one link to the next.
//
// Included once for each instruction set and type of lanes, with
//   CK_TILE_FUNCTION    the name of the function to define
//   CK_TILE_TARGET      its attributes
//   CK_TILE_LANE        float or double
//   CK_TILE_INTEGER     the signed integer of the same size
//   CK_TILE_VECTOR      bytes of a vector

#define CK_EIGHT(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)

#define CK_TILE_BEGIN(k) vector a##k = (vector)(CK_TILE_LANE)0;

// `expression` makes a result from x, what the tile holds, and y, the operand: elements or a constant.
#define CK_TILE_WITH_ELEMENTS(k, expression) { \
    vector x = a##k, y = operand[k]; \
    (void)x; \
    a##k = (vector)(expression); \
  }
#define CK_TILE_WITH_CONSTANT(k, expression) { \
    vector x = a##k; \
    (void)x; \
    a##k = (vector)(expression); \
  }
#define CK_TILE_EACH(apply, expression) \
  apply(0, expression) apply(1, expression) apply(2, expression) apply(3, expression) \
  apply(4, expression) apply(5, expression) apply(6, expression) apply(7, expression)

#define CK_TILE_BINARY(name, expression) \
  case CK_LINK_CODE(name, false, false): \
    CK_TILE_EACH(CK_TILE_WITH_ELEMENTS, expression) \
    break; \
  case CK_LINK_CODE(name, true, false): { \
    vector y = (vector)constant; \
    CK_TILE_EACH(CK_TILE_WITH_CONSTANT, expression) \
    break; \
  }
// For constants with shorter expressions: one for all that are not NaN, one for those that are not zero
// either.
#define CK_TILE_EXTREME(name, expression, ordered, unequal) \
  case CK_LINK_CODE(name, false, false): \
    CK_TILE_EACH(CK_TILE_WITH_ELEMENTS, expression) \
    break; \
  case CK_LINK_CODE(name, true, false): { \
    vector y = (vector)constant; \
    if (constant > 0 || constant < 0) { \
      CK_TILE_EACH(CK_TILE_WITH_CONSTANT, unequal) \
    } else if (constant == 0) { \
      CK_TILE_EACH(CK_TILE_WITH_CONSTANT, ordered) \
    } else { \
      CK_TILE_EACH(CK_TILE_WITH_CONSTANT, expression) \
    } \
    break; \
  }
#define CK_TILE_UNARY(name, expression) \
  case CK_LINK_CODE(name, false, false): \
    CK_TILE_EACH(CK_TILE_WITH_CONSTANT, expression) \
    break;

// One of two by a truth value, all bits or none. `mask`, `first` and `second` are the tile's vector x
// or the operands p and q.
#define CK_TILE_CHOOSE(k, p_vector, q_vector, mask, first, second) { \
    integers x = (integers)a##k, p = (integers)(p_vector), q = (integers)(q_vector); \
    a##k = (vector)(((mask) & (first)) | (~(mask) & (second))); \
  }
#define CK_TILE_CHOOSE_EACH(p, q, ...) \
  CK_TILE_CHOOSE(0, p(0), q(0), __VA_ARGS__) CK_TILE_CHOOSE(1, p(1), q(1), __VA_ARGS__) \
  CK_TILE_CHOOSE(2, p(2), q(2), __VA_ARGS__) CK_TILE_CHOOSE(3, p(3), q(3), __VA_ARGS__) \
  CK_TILE_CHOOSE(4, p(4), q(4), __VA_ARGS__) CK_TILE_CHOOSE(5, p(5), q(5), __VA_ARGS__) \
  CK_TILE_CHOOSE(6, p(6), q(6), __VA_ARGS__) CK_TILE_CHOOSE(7, p(7), q(7), __VA_ARGS__)
#define CK_TILE_P(k) operand[k]
#define CK_TILE_Q(k) other[k]
#define CK_TILE_P_CONSTANT(k) (vector)constant
#define CK_TILE_Q_CONSTANT(k) (vector)*(const CK_TILE_LANE *)other
#define CK_TILE_SELECT(name, ...) \
  case CK_LINK_CODE(name, false, false): \
    CK_TILE_CHOOSE_EACH(CK_TILE_P, CK_TILE_Q, __VA_ARGS__) \
    break; \
  case CK_LINK_CODE(name, true, false): \
    CK_TILE_CHOOSE_EACH(CK_TILE_P_CONSTANT, CK_TILE_Q, __VA_ARGS__) \
    break; \
  case CK_LINK_CODE(name, false, true): \
    CK_TILE_CHOOSE_EACH(CK_TILE_P, CK_TILE_Q_CONSTANT, __VA_ARGS__) \
    break; \
  case CK_LINK_CODE(name, true, true): \
    CK_TILE_CHOOSE_EACH(CK_TILE_P_CONSTANT, CK_TILE_Q_CONSTANT, __VA_ARGS__) \
    break;

#define CK_TILE_STORE(k) to[k] = a##k;
// Truth values in memory are bytes.
#define CK_TILE_LOAD_TRUTH(k) a##k = (vector)(__builtin_convertvector(truth[k], integers) != 0);
#define CK_TILE_STORE_TRUTH(k) truth[k] = __builtin_convertvector((integers)a##k & 1, truths);

CK_TILE_TARGET static void CK_TILE_FUNCTION(
    const ck_running_link *first, size_t begin, size_t end) {
  CK_ROUND_EACH
  enum { lanes = CK_TILE_VECTOR / sizeof(CK_TILE_LANE) };
  typedef CK_TILE_LANE vector __attribute__((ext_vector_type(lanes)));
  typedef CK_TILE_INTEGER integers __attribute__((ext_vector_type(lanes)));
  typedef CK_TILE_LANE elements __attribute__((ext_vector_type(lanes), aligned(sizeof(CK_TILE_LANE))));
  typedef uint8_t truths __attribute__((ext_vector_type(lanes), aligned(1)));
  CK_EIGHT(CK_TILE_BEGIN)
  for (size_t offset = begin; offset < end; offset += 8 * CK_TILE_VECTOR) {
    const ck_running_link *link = first;
    for (bool continues = true; continues; link++) {
      const char *address = link->operands[0] + (offset & link->moves[0]);
      const elements *operand = (const elements *)address;
      const elements *other = (const elements *)(link->operands[1] + (offset & link->moves[1]));
      // Loaded where it is used: others point at nothing.
#define constant (*(const CK_TILE_LANE *)address)
      switch (link->code) {
        CK_TILE_BINARY(LOAD, y)
        CK_TILE_UNARY(TRUTH_AS_NUMBER, (integers)x & (integers)(vector)1)
        CK_TILE_UNARY(SQUARE, x * x)
        CK_LINK_BINARIES(CK_TILE_BINARY)
        CK_LINK_EXTREMES(CK_TILE_EXTREME)
        CK_LINK_UNARIES(CK_TILE_UNARY)
        CK_TILE_SELECT(SELECT, x, p, q)
        CK_TILE_SELECT(SELECT_FIRST, p, x, q)
        CK_TILE_SELECT(SELECT_SECOND, p, q, x)
        case CK_LINK_CODE(STORE, false, false): {
          elements *to = (elements *)address;
          CK_EIGHT(CK_TILE_STORE)
          break;
        }
        case CK_LINK_CODE(LOAD_TRUTH, false, false): {
          const truths *truth = (const truths *)(
            link->operands[0] + (offset & link->moves[0]) / sizeof(CK_TILE_LANE));
          CK_EIGHT(CK_TILE_LOAD_TRUTH)
          break;
        }
        case CK_LINK_CODE(STORE_TRUTH, false, false): {
          truths *truth = (truths *)(
            link->operands[0] + (offset & link->moves[0]) / sizeof(CK_TILE_LANE));
          CK_EIGHT(CK_TILE_STORE_TRUTH)
          break;
        }
        case CK_LINK_CODE(END, false, false): continues = false; break;
        default: __builtin_unreachable();
      }
#undef constant
    }
  }
}
#undef CK_TILE_FUNCTION
#undef CK_TILE_TARGET
#undef CK_TILE_LANE
#undef CK_TILE_INTEGER
#undef CK_TILE_VECTOR
