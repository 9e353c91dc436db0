// Command native answers the same requests as the module, natively: for benchmarks, profiles and comparisons. Requests
// and responses go over standard input and output, each after its length (32 bits, little-endian).
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/pprof"

	"github.com/plimsoll-dev/plimsoll/engine/wire"
)

func main() {
	profile := flag.String("cpuprofile", "", "write a CPU profile to this `file`")
	flag.Parse()
	if err := serve(*profile); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(profile string) error {
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	log.SetOutput(io.Discard)
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		var size uint32
		if err := binary.Read(in, binary.LittleEndian, &size); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		request := make([]byte, size)
		if _, err := io.ReadFull(in, request); err != nil {
			return err
		}
		response := wire.Handle(request)
		if err := binary.Write(out, binary.LittleEndian, uint32(len(response))); err != nil {
			return err
		}
		if _, err := out.Write(response); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
