// OpenBLAS as Debian and Ubuntu install it (libopenblas-dev).
#include <cblas.h>
