/* cpus=1 migrate=false */
/* A seq_t that is declared in a loop was taken as not set. */
#include "mcheck.h"
static seqcount_t sq;
static bool x;
TASK(t, 1)
{
	for (u2 i = 0; i < 1; i++) {
		seq_t seq;
		do {
			seq = read_seqbegin(&sq);
			x = true;
		} while (read_seqretry(&sq, seq));
	}
}
