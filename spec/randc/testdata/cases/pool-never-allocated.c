/* cpus=1 migrate=false */
/* No object exists of a pool that nothing allocates from. */
#include "mcheck.h"
struct s { bool f; };
POOL(s, 1);
TASK(t, 1) { struct s *q; q = choose_one(s); }
INVARIANT(P, "", "") { struct s *q; for_each(s, q) return false; return true; }
COVER(Q, "", "") { struct s *q; for_each(s, q) return true; return false; }
