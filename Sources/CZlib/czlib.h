// zlib as Debian and Ubuntu install it (zlib1g-dev).
#include <zlib.h>
