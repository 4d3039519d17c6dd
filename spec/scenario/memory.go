package scenario

import (
	"errors"
	"strconv"
)

// MemoryModels are the values of the setting memory-model, the default first: sequential
// consistency and total store order.
var MemoryModels = []string{"sc", "tso"}

// The settings about memory, and the number of stores that a store buffer holds if none is said.
const (
	KeyMemoryModel = "memory-model"
	KeyStoreBuffer = "store-buffer"
	StoreBuffer    = 8
)

// MaxStoreBuffer is the greatest size of a store buffer.
const MaxStoreBuffer = 16

// storeBuffer is the size of the store buffers under these settings; 0 where memory is sequentially
// consistent.
func storeBuffer(set map[string]string) (int, error) {
	k := StoreBuffer
	if v, ok := set[KeyStoreBuffer]; ok {
		k, _ = strconv.Atoi(v) // a setting that was checked
	}
	if set[KeyMemoryModel] != "tso" {
		if _, ok := set[KeyStoreBuffer]; ok {
			return 0, errors.New("store-buffer=" + set[KeyStoreBuffer] + ": only total store order has store buffers: set memory-model=tso too")
		}
		return 0, nil
	}
	if set["migrate"] == "true" {
		return 0, errors.New("memory-model=tso and migrate exclude each other: a migration under total store order is not modelled")
	}
	return k, nil
}

// memorySuffix tells models that differ in their memory model apart by their names.
func memorySuffix(buffer int) string {
	if buffer > 0 {
		return "_tso"
	}
	return ""
}

// memoryWords say in the bounds of a verdict what memory is.
func memoryWords(set map[string]string) string {
	k, err := storeBuffer(set)
	if err != nil || k == 0 {
		return "sequentially consistent memory"
	}
	return "total store order, store buffers of " + plural(k, "store")
}
