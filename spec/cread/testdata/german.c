/*
 * A directory protocol by Steve German, in the form that Chou, Mannava and Park gave it for Murphi. Each client has
 * a cache line and three channels that hold one message each; the home grants the line to several clients shared, or
 * to one exclusively, and has it given back before. BROKEN=1: the home grants it shared without asking who has it
 * exclusively.
 */
#include "mcheck.h"

#ifndef BROKEN
#define BROKEN 0
#endif

enum line { INVALID, SHARED, EXCLUSIVE };
enum message { NONE, WANT_SHARED, WANT_EXCLUSIVE, GIVE_BACK, GIVEN_BACK, GRANT_SHARED, GRANT_EXCLUSIVE };

struct client {
	enum line line;
	enum message request;	/* from the client */
	enum message order;	/* to it */
	enum message reply;	/* from it */
};
POOL(client, 3);

/* The home: who has the line, who is still to give it back, and what it is at. */
static client_set have, ask_back;
static bool is_exclusive;
static enum message at_work;
static struct client *for_whom;

INIT
{
	u2 i;

	for (i = 0; i < 3; i++)
		alloc(client);
}

/* One rule for any client, taken by chance. */
#define RULE(name, may, does)						\
	MACHINE(name, 1)						\
	{								\
		struct client *c;					\
		for (;;)						\
			optional atomic {				\
				c = choose_one(client);			\
				await(may);				\
				does					\
				c = NULL;				\
			}						\
	}

RULE(ask_shared, c->request == NONE && c->line == INVALID, c->request = WANT_SHARED;)
RULE(ask_exclusive, c->request == NONE && c->line != EXCLUSIVE, c->request = WANT_EXCLUSIVE;)
RULE(take_request, at_work == NONE && c->request != NONE,
	at_work = c->request; for_whom = c; ask_back = have; c->request = NONE;)
RULE(order_back, c->order == NONE && set_has(&ask_back, c) &&
	(at_work == WANT_EXCLUSIVE || (at_work == WANT_SHARED && is_exclusive)),
	set_del(&ask_back, c); c->order = GIVE_BACK;)
RULE(obey, c->order == GIVE_BACK && c->reply == NONE, c->reply = GIVEN_BACK; c->order = NONE; c->line = INVALID;)
RULE(take_reply, at_work != NONE && c->reply == GIVEN_BACK, is_exclusive = false; set_del(&have, c); c->reply = NONE;)
RULE(grant_shared, at_work == WANT_SHARED && for_whom == c && c->order == NONE && (BROKEN || !is_exclusive),
	set_add(&have, c); c->order = GRANT_SHARED; at_work = NONE; for_whom = NULL;)
RULE(grant_exclusive, at_work == WANT_EXCLUSIVE && for_whom == c && c->order == NONE && set_empty(&have) && !is_exclusive,
	set_add(&have, c); is_exclusive = true; c->order = GRANT_EXCLUSIVE; at_work = NONE; for_whom = NULL;)
RULE(have_shared, c->order == GRANT_SHARED, c->line = SHARED; c->order = NONE;)
RULE(have_exclusive, c->order == GRANT_EXCLUSIVE, c->line = EXCLUSIVE; c->order = NONE;)

INVARIANT(alone, "a client that has the line exclusively has it alone", "German 2000")
{
	struct client *a, *b;

	for_each(client, a)
		for_each(client, b)
			if (a != b && a->line == EXCLUSIVE && b->line != INVALID)
				return false;
	return true;
}
