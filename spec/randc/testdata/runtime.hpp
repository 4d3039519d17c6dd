/*
 * runtime.hpp - what mcheck.h offers, for a program of one task that is compiled as C++ and run.
 * Written from docs/modelling-c.md. Integers of a stated width are classes, so that each value
 * that is stored is tested; objects have pages of their own, so that one that was released, or
 * that is none, can't be accessed. What goes wrong ends the program with an outcome.
 */
#define MCHECK_H
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <sys/time.h>
#include <vector>

enum outcome { FINISHED, FAILS, USED_AFTER_FREE, BOUND_REACHED, WAITS_FOR_EVER, ENDLESS };
static sigjmp_buf mc_out;
[[noreturn]] static void mc_end(outcome o) { siglongjmp(mc_out, o); }

template <int LO, int HI> struct mc_int {
	signed short v = 0;
	mc_int() = default;
	mc_int(long n) { set(n); }
	template <int A, int B> mc_int(const mc_int<A, B> &o) { set(o.v); }
	void set(long n)
	{
		if (n < LO || n > HI)
			mc_end(FAILS);
		v = n;
	}
	operator long() const { return v; }
	mc_int &operator=(long n) { set(n); return *this; }
	template <int A, int B> mc_int &operator=(const mc_int<A, B> &o) { set(o.v); return *this; }
	mc_int &operator+=(long n) { set(v + n); return *this; }
	mc_int &operator-=(long n) { set(v - n); return *this; }
	mc_int &operator++() { set(v + 1L); return *this; }
	mc_int &operator--() { set(v - 1L); return *this; }
	long operator++(int) { long n = v; set(n + 1); return n; }
	long operator--(int) { long n = v; set(n - 1); return n; }
};
#define MC_INT(n) typedef mc_int<0, (1 << n) - 1> u##n
#define MC_SINT(n) typedef mc_int<-(1 << (n - 1)), (1 << (n - 1)) - 1> s##n
MC_INT(1); MC_INT(2); MC_INT(3); MC_INT(4); MC_INT(5); MC_INT(6); MC_INT(7); MC_INT(8);
MC_SINT(2); MC_SINT(3); MC_SINT(4); MC_SINT(5); MC_SINT(6); MC_SINT(7); MC_SINT(8);

#undef NULL
#define NULL nullptr

#define GHOST
#define NO_BUFFER
#define LOCKED
#define PRIVATE
#define INTERRUPTED
#define SET_ONCE
#define GUARDED_BY(l)
#define WRITE_GUARDED_BY(l)

/* Objects. Addresses ascend, as slots do; the names of released objects are not used again. */
struct mc_page { void *at; bool live; };
struct mc_heap { std::vector<mc_page> pages; int n = 0; };
static const size_t mc_size = 4096;
static char *mc_arena;
static size_t mc_used;
static std::vector<void *> mc_freed;

static void *mc_new_page()
{
	if (!mc_arena)
		mc_arena = (char *)mmap(nullptr, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return mc_arena + mc_size * mc_used++;
}

template <class T> static mc_heap &mc_heap_of() { static mc_heap h; return h; }
template <class T> static T *mc_alloc(int n)
{
	mc_heap &h = mc_heap_of<T>();
	if (h.n == n)
		mc_end(BOUND_REACHED);
	h.n++;
	T *p = new (mc_new_page()) T();
	h.pages.push_back({p, true});
	return p;
}
template <class T> static void release(T *p)
{
	if (!p)
		mc_end(FAILS);
	for (mc_page &g : mc_heap_of<T>().pages)
		if (g.at == p) {
			if (!g.live)
				mc_end(USED_AFTER_FREE);
			g.live = false;
			mc_heap_of<T>().n--;
			memset((void *)p, 0, mc_size);
			mprotect(p, mc_size, PROT_NONE);
			mc_freed.push_back(p);
		}
}
static void mc_fault(int sig, siginfo_t *info, void *)
{
	for (void *p : mc_freed)
		if (sig == SIGSEGV && info->si_addr >= p && info->si_addr < (char *)p + mc_size)
			siglongjmp(mc_out, USED_AFTER_FREE);
	siglongjmp(mc_out, FAILS);
}

template <class T> struct mc_set { std::vector<T *> in; };
template <class T> struct mc_list { std::vector<T *> in; };
#define POOL(type, n)                       \
	struct type;                        \
	enum { __pool_##type = (n) };       \
	typedef mc_set<struct type> type##_set; \
	typedef mc_list<struct type> type##_list
#define alloc(type) mc_alloc<struct type>(__pool_##type)

template <class C, class T> static int mc_find(const C &c, T *p)
{
	for (size_t i = 0; i < c.in.size(); i++)
		if (c.in[i] == p)
			return i;
	return -1;
}
template <class C> static void mc_take(C &c, int i) { c.in.erase(c.in.begin() + i); }
#define MC_ELEM(p) do { if (!(p)) mc_end(FAILS); } while (0)
template <class T> static void set_add(mc_set<T> *s, T *p) { MC_ELEM(p); if (mc_find(*s, p) < 0) s->in.push_back(p); }
template <class T> static void set_del(mc_set<T> *s, T *p) { MC_ELEM(p); int i = mc_find(*s, p); if (i >= 0) mc_take(*s, i); }
template <class T> static void set_clear(mc_set<T> *s) { s->in.clear(); }
template <class T> static bool set_has(mc_set<T> *s, T *p) { return mc_find(*s, p) >= 0; }
template <class T> static bool set_has(mc_set<T> *, decltype(nullptr)) { return false; }
template <class T> static bool set_empty(mc_set<T> *s) { return s->in.empty(); }
template <class T> static void list_add(mc_list<T> *l, T *p) { MC_ELEM(p); if (mc_find(*l, p) >= 0) mc_end(FAILS); l->in.insert(l->in.begin(), p); }
template <class T> static void list_add_tail(mc_list<T> *l, T *p) { MC_ELEM(p); if (mc_find(*l, p) >= 0) mc_end(FAILS); l->in.push_back(p); }
template <class T> static void list_del(mc_list<T> *l, T *p) { MC_ELEM(p); int i = mc_find(*l, p); if (i < 0) mc_end(FAILS); mc_take(*l, i); }
template <class T> static T *list_first(mc_list<T> *l) { if (l->in.empty()) mc_end(FAILS); return l->in[0]; }
template <class T> static T *list_pop(mc_list<T> *l) { T *p = list_first(l); mc_take(*l, 0); return p; }
template <class T> static bool list_has(mc_list<T> *l, T *p) { return mc_find(*l, p) >= 0; }
template <class T> static bool list_has(mc_list<T> *, decltype(nullptr)) { return false; }
template <class T> static bool list_empty(mc_list<T> *l) { return l->in.empty(); }
template <class T> static void list_splice_tail(mc_list<T> *from, mc_list<T> *to)
{
	for (T *p : from->in)
		list_add_tail(to, p);
	from->in.clear();
}
template <class T> static T *mc_next(T *p)
{
	bool behind = p == nullptr;
	for (mc_page &g : mc_heap_of<T>().pages) {
		if (behind && g.live)
			return (T *)g.at;
		behind = behind || g.at == p;
	}
	return nullptr;
}
#define for_each(type, p) for (p = mc_next<struct type>(nullptr); p; p = mc_next<struct type>(p))

#define atomic
#define locked
#define optional
#define idle
#define hangs
#define ghost
static void await(bool c) { if (!c) mc_end(WAITS_FOR_EVER); }
static void await_by(bool c, const void *) { await(c); }
static void assert(bool c) { if (!c) mc_end(FAILS); }
static void NEVER(const char *) { mc_end(FAILS); }
static void BOUND(const char *) { mc_end(BOUND_REACHED); }
/* A function marked so begins with an mc_nest. */
#define RECURSION(n)
struct mc_nest {
	int &n;
	mc_nest(int &count, int depth) : n(count) { if (++n > depth) mc_end(BOUND_REACHED); }
	~mc_nest() { n--; }
};

#define TASK(name, count) static void mc_task()
#define INIT static void mc_init()

struct spinlock_t { bool held; };
struct rwsem_t { int held; }; /* -1: for writing */
struct seqcount_t { bool odd; int n; };
typedef int seq_t;
static void spin_lock(spinlock_t *l) { await(!l->held); l->held = true; }
static bool spin_trylock(spinlock_t *l) { bool got = !l->held; l->held = true; return got; }
static void spin_unlock(spinlock_t *l) { assert(l->held); l->held = false; }
static bool spin_is_locked(spinlock_t *l) { return l->held; }
static void down_read(rwsem_t *l) { await(l->held == 0); l->held = 1; }
static void up_read(rwsem_t *l) { assert(l->held == 1); l->held = 0; }
static void down_write(rwsem_t *l) { await(l->held == 0); l->held = -1; }
static void up_write(rwsem_t *l) { assert(l->held == -1); l->held = 0; }
static void downgrade_write(rwsem_t *l) { assert(l->held == -1); l->held = 1; }
static bool lock_is_held(spinlock_t *l) { return l->held; }
static bool lock_is_held(rwsem_t *l) { return l->held != 0; }
static void write_seqcount_begin(seqcount_t *s) { s->odd = true; s->n++; }
static void write_seqcount_end(seqcount_t *s) { s->odd = false; }
static seq_t read_seqbegin(seqcount_t *s) { await(!s->odd); return s->n; }
static bool read_seqretry(seqcount_t *s, seq_t seq) { return s->odd || s->n != seq; }

#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, v) ((x) = (v))
static void smp_mb() { }
static void smp_wmb() { }
static bool store_buffer_empty(const void *) { return true; }
static void smp_rmb() { }
static int smp_processor_id() { return 0; }
#define this_cpu_add(array, n) ((array)[0] += (n))
#define for_each_cpu(c) for ((c) = 0; (c) < NR_CPUS; (c)++)

/* mc_run runs one program and prints its outcome, and what is to be seen at its end, on one line. */
static void mc_run(int number, void (*init)(), void (*task)(), void (*observe)())
{
	struct sigaction a = {};
	a.sa_sigaction = mc_fault;
	a.sa_flags = SA_SIGINFO | SA_NODEFER;
	for (int sig : {SIGSEGV, SIGBUS, SIGILL})
		sigaction(sig, &a, nullptr);
	signal(SIGVTALRM, [](int) { siglongjmp(mc_out, ENDLESS); });
	itimerval limit = {{0, 0}, {0, 100000}}, none = {};
	setitimer(ITIMER_VIRTUAL, &limit, nullptr);
	int o = sigsetjmp(mc_out, 1);
	if (o == FINISHED) {
		init();
		task();
	}
	setitimer(ITIMER_VIRTUAL, &none, nullptr);
	for (void *p : mc_freed)
		mprotect(p, mc_size, PROT_READ | PROT_WRITE);
	mc_freed.clear();
	printf("%d %d", number, o);
	if (o == FINISHED || o == WAITS_FOR_EVER)
		observe();
	printf("\n");
}
