/* SPDX-License-Identifier: MIT */
/*
 * mcheck.h - the modelling language: what a model file may use beside plain C.
 *
 * The language is a subset of C11. docs/modelling-c.md is its reference. The
 * names below are known to the front end; gcc -fsyntax-only accepts them too, so
 * that editors, cscope and clang-format work.
 */
#ifndef MCHECK_H
#define MCHECK_H

/* ---- values ---------------------------------------------------------------
 * bool, enums, pointers into pools, and integers of a stated width: uN is
 * 0 .. 2^N-1, sN is -2^(N-1) .. 2^(N-1)-1. A value that does not fit is a
 * violation, never a wrap.
 */
typedef _Bool bool;
#define true  1
#define false 0
#define NULL  ((void *)0)
typedef unsigned char u1, u2, u3, u4, u5, u6, u7, u8;
typedef signed char s2, s3, s4, s5, s6, s7, s8;

#ifdef __MCHECK__
#define __mc_annotate(s) __attribute__((annotate(s), __mc_at(__FILE__, __LINE__)))
#else
#define __mc_annotate(s)
#endif

/* Written and read only by ghost code and properties. */
#define GHOST            __mc_annotate("ghost")
/* Read and written only while the named lock is held (an rwsem: read under
 * either mode, written under write mode). A lock of the same object or a global one. */
#define GUARDED_BY(l)       __mc_annotate("guarded_by:" #l)
/* Written only while the named lock is held, read anywhere. */
#define WRITE_GUARDED_BY(l) __mc_annotate("write_guarded_by:" #l)

/* A field of task_struct that only its own task uses, always as current->field (checked when
 * the model is compiled; ghost code and properties may look). No step of its own. */
#define PRIVATE          __mc_annotate("private")
/* A bool field of task_struct: while it is true the task takes no step, as an interrupt runs on top of it. */
#define INTERRUPTED      __mc_annotate("interrupted")
/* Set once, before anybody else can reach it, and never changed: a second write, and a
 * read while it is still zero, are violations. Reads and the write are no steps of their own. */
#define SET_ONCE         __mc_annotate("set_once")

/* ---- objects --------------------------------------------------------------
 * POOL(type, n): at most n objects of struct type exist at a time. Also declares
 * type_set (a set of such objects) and type_list (an ordered list without
 * repetition, at most n long).
 */
#define POOL(type, n)                                                 \
	enum { __pool_##type = (n) };                                 \
	typedef struct { struct type *__set_of_##type; } type##_set;  \
	typedef struct { struct type *__list_of_##type; } type##_list

/* One object a task; a model that keeps something per task declares its fields. */
struct task_struct;
typedef struct { struct task_struct *__set_of_task_struct; } task_struct_set;
typedef struct { struct task_struct *__list_of_task_struct; } task_struct_list;
extern struct task_struct *const current; /* the task that takes the step */

void *__alloc(int pool);
/* A new object, all fields zero: the first free slot whose name no pointer holds any more.
 * No such slot: the pool is too small and the run decides nothing. */
#define alloc(type) ((struct type *)__alloc(__pool_##type))
void release(const void *object);	/* any later access to it is a violation */

void set_add(void *set, const void *elem);
void set_del(void *set, const void *elem);	/* no effect if absent */
void set_clear(void *set);
bool set_has(const void *set, const void *elem);
bool set_empty(const void *set);
void list_add(void *list, const void *elem);		/* at the head */
void list_add_tail(void *list, const void *elem);
void list_del(void *list, const void *elem);	/* must be on it */
void *list_first(const void *list);	/* must not be empty */
void *list_pop(void *list);		/* takes the first; must not be empty */
bool list_has(const void *list, const void *elem);
bool list_empty(const void *list);
void list_splice_tail(void *from, void *to);	/* all of from to the end of to */

/* ---- control --------------------------------------------------------------*/
extern const bool __mc_atomic, __mc_locked, __mc_optional, __mc_idle, __mc_hangs, __mc_ghost;
/* The statement is one step. It may wait only at its start. An assumption. */
#define atomic   if (__mc_atomic) { } else
/* The step is a choice of the user or the environment; at rest it is not owed. */
#define optional if (__mc_optional) { } else
/* A task that waits here counts as finished (a worker at the top of its loop). */
#define idle     if (__mc_idle) { } else
/* A task that waits here may do so for ever, by design. */
#define hangs    if (__mc_hangs) { } else
/* Ghost code: reads anything, writes only GHOST data; belongs to the step before it. */
#define ghost    if (__mc_ghost) { } else

void await(bool condition);	/* blocks until it holds */
/* ... which that task has to bring about (NULL: not known): if it hangs by design, so does who waits for it. */
void await_by(bool condition, const struct task_struct *by);
unsigned choose(unsigned n);	/* 0 .. n-1, every value is explored; n a constant */
void *__choose_one(int pool);
/* An object that there is, every one is explored; blocks while there is none. */
#define choose_one(type) ((struct type *)__choose_one(__pool_##type))
void assert(bool condition);	/* violation if it does not hold */
void NEVER(const char *why);	/* must not be reached: a violation if it is */
/* Beyond what the model can say: what there would have to be, or what to enlarge. Reaching it is no
 * violation: the run decides nothing about what lies beyond. */
void BOUND(const char *why);
#define __mc_recursion(n) __mc_annotate("recursion:" #n)
#define RECURSION(n) __mc_recursion(n)	/* n may be a macro */

/* ---- tasks ----------------------------------------------------------------
 * TASK(name, count) { ... }: count tasks run the body once. WORKER: a kernel thread;
 * SOFTIRQ: a softirq; MACHINE: grace periods, timers. They differ in how a trace shows
 * them (a step of the machine is no context switch) and in nothing else.
 */
#define TASK(name, count)    enum { __count_##name = (count) }; void __task_##name(void)
#define WORKER(name, count)  enum { __count_##name = (count) }; void __worker_##name(void)
#define SOFTIRQ(name, count) enum { __count_##name = (count) }; void __softirq_##name(void)
#define MACHINE(name, count) enum { __count_##name = (count) }; void __machine_##name(void)
/* INIT { ... }: runs once before anything else, as part of the initial state. */
#define INIT void __init_model(void)

/* ---- properties: pure functions of one state -------------------------------*/
#define __PROPERTY(kind, name, words, source)                  \
	static const char *const __words_##name = words;      \
	static const char *const __source_##name = source;    \
	bool __##kind##_##name(void)
#define INVARIANT(name, words, source)  __PROPERTY(invariant, name, words, source)
#define AT_REST(name, words, source)    __PROPERTY(at_rest, name, words, source)
#define CAN_REST(name, words, source)   __PROPERTY(can_rest, name, words, source)
#define COVER(name, words, source)      __PROPERTY(cover, name, words, source)
#define EVENTUALLY(name, words, source) __PROPERTY(eventually, name, words, source)
#define LEADS_TO(name, words, source)   __PROPERTY(leads_to, name, words, source)
/* What a violation means: of the above, that something is wrong. Of one that nobody promises (kind: INVARIANT
 * and so on) it shows what can happen; a SITUATION is a COVER of what is there to be reached. Neither decides an exit code. */
#define __CLASS(name, class) static const char *const __class_##name = class
#define NOT_PROMISED(kind, name, words, source) \
	__CLASS(name, "not promised"); kind(name, words, source)
#define SITUATION(name, words, source) \
	__CLASS(name, "situation"); COVER(name, words, source)
void WHEN(bool situation);	/* first statement of a property: what it is about */
void FROM(bool condition);	/* first statement of LEADS_TO */
void __when_free(const void *lock);
#define WHEN_FREE(lock) __when_free(&(lock))	/* ... only while the lock is free */

/* ---- locks ----------------------------------------------------------------*/
typedef struct { struct task_struct *__spin; } spinlock_t;
typedef struct { struct task_struct *__rwsem; } rwsem_t;
typedef struct { bool __seqcount; } seqcount_t;
typedef struct { bool __seq; } seq_t;	/* what a reader remembers of a seqcount */
void spin_lock(spinlock_t *l);
bool spin_trylock(spinlock_t *l);
void spin_unlock(spinlock_t *l);
bool spin_is_locked(const spinlock_t *l);
void down_read(rwsem_t *l);
void up_read(rwsem_t *l);
void down_write(rwsem_t *l);
void up_write(rwsem_t *l);
void downgrade_write(rwsem_t *l);
bool lock_is_held(const void *l);	/* by current, in any mode; ghost code and properties */
void write_seqcount_begin(seqcount_t *s);	/* makes it odd; readers' seq_t go stale */
void write_seqcount_end(seqcount_t *s);		/* makes it even */
seq_t read_seqbegin(const seqcount_t *s);	/* waits while odd */
bool read_seqretry(const seqcount_t *s, seq_t seq);	/* true: written since */

/* ---- memory ---------------------------------------------------------------*/
#ifdef __MCHECK__
#define READ_ONCE(x)     (x)
#else	/* a read whose value is not used is a read for the compiler too */
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#endif
#define WRITE_ONCE(x, v) ((x) = (v))
void smp_mb(void);	/* waits until all stores of the CPU have reached memory */
void smp_wmb(void);
void smp_rmb(void);
bool store_buffer_empty(const struct task_struct *t);	/* true where memory is sequentially consistent */
#ifdef MCHECK_TSO
/* As atomic, and a locked operation as xchg(): it waits until all stores of the CPU have reached memory, and stores there. */
#define locked    if (__mc_locked) { } else
/* What CPUs do not store to: it stands for what a locked operation or the machine does, and changes at once. */
#define NO_BUFFER __mc_annotate("no_buffer")
/* Stored to by locked operations only, as an atomic_t is; but for the stores of the step that makes its object. */
#define LOCKED    __mc_annotate("locked")
#else
#define locked    atomic
#define NO_BUFFER
#define LOCKED
#endif

/* ---- CPUs -----------------------------------------------------------------
 * NR_CPUS is given from outside (default 2). A task stays on its CPU unless the
 * run allows migration; then each call may answer any CPU.
 */
#ifndef NR_CPUS
#define NR_CPUS 2
#endif
unsigned smp_processor_id(void);
/* One step: the entry of the CPU the task runs on. */
#define this_cpu_add(array, n) atomic { (array)[smp_processor_id()] += (n); }
#define for_each_cpu(c) for ((c) = 0; (c) < NR_CPUS; (c)++)

/* Every object of the pool that exists, in slot order. Only in atomic blocks,
 * ghost code, properties and INIT. */
void *__first(int pool);
void *__next(const void *object);
#define for_each(type, p) for ((p) = __first(__pool_##type); (p); (p) = __next(p))
#define __pool_task_struct (-1)

#endif
