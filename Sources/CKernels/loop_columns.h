// Outputs of element loops that are sums over leading axes: of a space [segments, rows, columns], one
// sum for each segment and column, or over several segments. Private to the target.
//
// Each segment is cut into chunks of rows; which ones depends on the sizes only, never on the number of
// threads, so that results do not either. A chunk adds its rows up in accumulators that stay in the
// first-level cache; the chunks' sums are then added pairwise.
#ifndef RANVIER_LOOP_COLUMNS_H
#define RANVIER_LOOP_COLUMNS_H

#include "ckernels.h"

typedef struct ck_columns {
  size_t columns;             // 0 without such outputs
  size_t group;               // rows that are taken as one, so that short ones make a long one
  size_t width;               // elements of a group
  size_t segment;             // elements of a segment
  size_t chunk;               // elements of a chunk; the last one of a segment may be shorter
  size_t chunks_per_segment;
  size_t chunk_count;         // of all segments
} ck_columns;

ck_columns ck_plan_columns(const ck_loop *loop);

// The elements of a chunk.
void ck_chunk_range(const ck_columns *plan, size_t chunk, size_t *begin, size_t *end);

// The chunk that begins at a position.
size_t ck_chunk_at(const ck_columns *plan, size_t begin);

// Adds `count` elements, which begin a group, to `width` accumulators.
void ck_add_columns(const ck_columns *plan, ck_type type, void *accumulators, const void *in,
                    size_t count);

// Adds the rows of a group up and writes the sums to `out`; the accumulators are used up.
void ck_finish_columns(const ck_columns *plan, ck_type type, void *accumulators, void *out);

// Adds up the sums of the chunks, which are used up, for each of `groups` results.
void ck_combine_chunks(const ck_columns *plan, ck_type type, void *partial, void *out, size_t groups);

#endif
