// Batches of matrices: each thread takes a range of them and has scratch memory of its own.

#include "ckernels.h"
#include "matrix_kernels.h"

enum { largest_buffer_count = 4 };

static const la_kernel *const kernels[LA_KIND_COUNT] = {
  [LA_CHOLESKY] = la_cholesky,
  [LA_TRIANGULAR_SOLVE] = la_triangular_solve,
  [LA_SOLVE] = la_solve,
  [LA_DETERMINANT] = la_determinant,
  [LA_LOG_DETERMINANT] = la_log_determinant,
  [LA_COFACTORS] = la_cofactors,
  [LA_QR] = la_qr,
  [LA_SVD] = la_svd,
  [LA_SYMMETRIC_EIGEN] = la_symmetric_eigen,
  [LA_PSEUDO_INVERSE] = la_pseudo_inverse,
};

static const la_kernel *kernel_of(const la_problem *problem) {
  return &kernels[problem->kind][problem->is_double];
}

// Multiplications that are worth a thread, roughly.
static const double work_per_thread = 1 << 16;

void la_prepare(la_problem *problem) {
  const la_kernel *kernel = kernel_of(problem);
  problem->workspace = kernel->workspace(problem);
  problem->slot_bytes = kernel->scratch_bytes(problem);
  double elements = (double)problem->rows * problem->columns;
  double work =
    (double)problem->batch
    * (elements * (la_smaller(problem->rows, problem->columns) + (double)problem->right));
  size_t threads = (size_t)ck_thread_count();
  if (work / work_per_thread < (double)threads) threads = 1 + (size_t)(work / work_per_thread);
  problem->slots = problem->batch < threads ? problem->batch : threads;
}

size_t la_scratch_bytes(const la_problem *problem) { return problem->slots * problem->slot_bytes; }

typedef struct batch_job {
  const la_problem *problem;
  void *const *buffers;
  const size_t *strides;
  int count;
} batch_job;

static void run_slots(void *context, size_t begin, size_t end) {
  const batch_job *job = context;
  const la_problem *problem = job->problem;
  const la_kernel *kernel = kernel_of(problem);
  for (size_t slot = begin; slot < end; slot++) {
    char *scratch = (char *)job->buffers[job->count] + slot * problem->slot_bytes;
    size_t share = problem->batch / problem->slots, rest = problem->batch % problem->slots;
    size_t first = slot * share + (slot < rest ? slot : rest);
    size_t last = first + share + (slot < rest ? 1 : 0);
    for (size_t matrix = first; matrix < last; matrix++) {
      void *buffers[largest_buffer_count];
      for (int i = 0; i < job->count; i++) {
        buffers[i] = (char *)job->buffers[i] + matrix * job->strides[i];
      }
      kernel->run(problem, buffers, scratch);
    }
  }
}

void la_run(const la_problem *problem, void *const *buffers, const size_t *strides, int count) {
  if (problem->batch == 0) return;
  batch_job job = {problem, buffers, strides, count};
  ck_parallel_for(problem->slots, 1, run_slots, &job);
}
