#include "go_asm.h"
#include "textflag.h"

// func prepareWords(batch *uint64, n, width int, known *uint64, mask uint64, new *int32, hash *uint64) int
//
// SI  goes over the state to hash it, and again to compare it
// R14 its last word
// BX  bytes of a state
// CX  number of the state in the batch
// DI  the filter's entry
// R8, R9  constants of the hash
// R10 the hash
// R11 the filter, R12 its mask
// R13, R15  where the next hash and the next number go
TEXT ·prepareWords(SB), NOSPLIT, $0-64
	MOVQ batch+0(FP), SI
	MOVQ width+16(FP), BX
	SHLQ $3, BX
	MOVQ known+24(FP), R11
	MOVQ mask+32(FP), R12
	MOVQ new+40(FP), R15
	MOVQ hash+48(FP), R13
	MOVQ $const_k0, R8
	MOVQ $const_k1, R9
	XORL CX, CX

state:
	CMPQ CX, n+8(FP)
	JGE  done

	// Hash
	MOVQ $const_k3, R10
	XORQ width+16(FP), R10
	LEAQ -8(SI)(BX*1), R14 // the last word

pair:
	CMPQ SI, R14
	JAE  odd
	MOVQ (SI), DX
	XORQ R8, DX
	XORQ R10, DX
	MOVQ 8(SI), AX
	XORQ R9, AX
	MULQ DX
	XORQ DX, AX
	MOVQ AX, R10
	ADDQ $16, SI
	JMP  pair

odd:
	JNE  final // past the last word
	MOVQ (SI), DX
	XORQ R8, DX
	XORQ R10, DX
	MOVQ R9, AX
	MULQ DX
	XORQ DX, AX
	MOVQ AX, R10

final:
	MOVQ $const_k3, DX
	XORQ R10, DX
	MOVQ $const_k2, AX
	MULQ DX
	XORQ DX, AX
	MOVQ AX, (R13)
	MOVL CX, (R15)

	// recent.add
	ANDQ  R12, AX
	IMULQ BX, AX
	LEAQ  (R11)(AX*1), DI
	LEAQ  8(R14), SI // the end of the state
	SUBQ  BX, SI
	PXOR  X2, X2

two:
	CMPQ  SI, R14
	JAE   one
	MOVOU (SI), X0
	MOVOU (DI), X1
	PXOR  X0, X1
	POR   X1, X2
	MOVOU X0, (DI)
	ADDQ  $16, SI
	ADDQ  $16, DI
	JMP   two

one:
	JNE  differs
	MOVQ (SI), X0
	MOVQ (DI), X1
	PXOR X0, X1
	POR  X1, X2
	MOVQ X0, (DI)
	ADDQ $8, SI

differs:
	MOVHLPS X2, X0
	POR     X0, X2
	MOVQ    X2, AX
	NEGQ    AX // sets carry unless 0
	SBBQ    AX, AX
	ANDQ    $4, AX
	ADDQ    AX, R15
	LEAQ    (R13)(AX*2), R13
	INCQ    CX
	JMP     state

done:
	SUBQ new+40(FP), R15
	SHRQ $2, R15
	MOVQ R15, ret+56(FP)
	RET

// func preparePairs(batch *pair, n int, known *pair, mask uint64, new *int32, hash *uint64) int
//
// The registers are those of prepareWords, but BX is n, R10 and R14 are constants, and R12 is a mask of bytes.
TEXT ·preparePairs(SB), NOSPLIT, $0-56
	MOVQ batch+0(FP), SI
	MOVQ n+8(FP), BX
	MOVQ known+16(FP), R11
	MOVQ mask+24(FP), R12
	MOVQ new+32(FP), R15
	MOVQ hash+40(FP), R13
	MOVQ $const_k0, R8
	MOVQ $const_k1, R9
	MOVQ $const_k3, R10
	MOVQ $const_k2, R14
	SHLQ $4, R12
	XORL CX, CX

nextPair:
	MOVQ  (SI), DX
	MOVQ  8(SI), AX
	MOVOU (SI), X0
	XORQ  R8, DX
	XORQ  R9, AX
	MULQ  DX
	XORQ  R10, DX
	XORQ  DX, AX
	MULQ  R14
	XORQ  DX, AX
	MOVQ  AX, (R13)
	MOVL  CX, (R15)
	SHLQ  $4, AX
	ANDQ  R12, AX
	MOVOU (R11)(AX*1), X1
	MOVOU X0, (R11)(AX*1)
	PXOR  X0, X1
	MOVHLPS X1, X2
	POR   X2, X1
	MOVQ  X1, AX
	NEGQ  AX
	SBBQ  AX, AX
	ANDQ  $4, AX
	ADDQ  AX, R15
	LEAQ  (R13)(AX*2), R13
	ADDQ  $16, SI
	INCQ  CX
	CMPQ  CX, BX
	JLT   nextPair

	SUBQ new+32(FP), R15
	SHRQ $2, R15
	MOVQ R15, ret+48(FP)
	RET
