#include "mcheck.h"

struct item {
	SET_ONCE u1 kind;
	struct item *next;
};
POOL(item, 2);

static item_set all;
static item_list queue, done;
static struct item *head;

TASK(maker, 1)
{
	struct item *i = alloc(item);

	i->kind = 1;
	atomic {
		i->next = head;
		head = i;
	}
	set_add(&all, i);
	list_add(&queue, i);
	list_del(&queue, i);
	list_add_tail(&queue, i);
	list_splice_tail(&queue, &done);
}

WORKER(taker, 1)
{
	struct item *i, *p;
	u2 n = 0;

	atomic {
		await(!list_empty(&done));
		i = list_first(&done);
		if (list_has(&done, i))
			i = list_pop(&done);
	}
	atomic {
		for_each(item, p)
			if (set_has(&all, p))
				n++;
	}
	if (n == 1 && i->kind == 1) {
		set_del(&all, i);
		head = NULL;
		release(i);
	}
	atomic if (set_empty(&all))
		set_clear(&all);
}

INVARIANT(Known, "the head is known", "")
{
	WHEN(head != NULL);
	return set_has(&all, head) || head->next == NULL;
}
