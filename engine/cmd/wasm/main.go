//go:build wasip1

// Command wasm is the engine as a reactor, a module that its host calls: alloc gives the place for a request of n bytes,
// call answers what was written there, resultLen bytes long, and release lets go of the answer.
package main

import (
	"io"
	"log"
	"runtime"
	"runtime/debug"
	"unsafe"

	"github.com/plimsoll-dev/plimsoll/engine/wire"
)

var request, response []byte

func init() {
	// Helm logs what the host has no use for.
	log.SetOutput(io.Discard)
	// Memory of a module never shrinks, so the collector goes by a limit. It is a soft one; the hard one is in
	// scripts/engine.mjs. A percentage alone let giants grow to 1 GB and took twice the time.
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(240 << 20)
	// Growing the memory bit by bit makes the host collect its own garbage each time, a fifth of the time of a repository
	// of overlays. What is taken at once and given back to the allocator is not resident before it is used.
	runtime.KeepAlive(make([]byte, 160<<20))
	runtime.GC()
}

func main() {}

//go:wasmexport alloc
func alloc(size uint32) unsafe.Pointer {
	request = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(request))
}

//go:wasmexport call
func call() unsafe.Pointer {
	response = wire.Handle(request)
	request = nil
	return unsafe.Pointer(unsafe.SliceData(response))
}

//go:wasmexport resultLen
func resultLen() uint32 { return uint32(len(response)) }

//go:wasmexport release
func release() { response = nil }
