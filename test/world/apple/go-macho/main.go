// Prints what go-macho reads of the code signatures of Mach-O files, one line of JSON an architecture: the third judge
// beside our reader and rcodesign.
package main

import (
	"encoding/json"
	"errors"
	"os"

	"github.com/blacktop/go-macho"
	"github.com/blacktop/go-macho/pkg/codesign/types"
)

type row struct {
	File       string `json:"file"`
	CPU        uint32 `json:"cpu"`
	Subtype    uint32 `json:"subtype"`
	Signed     bool   `json:"signed"`
	Identifier string `json:"identifier"`
	Team       string `json:"team"`
	Flags      uint32 `json:"flags"`
	CDHash     string `json:"cdhash"`
	Pages      int    `json:"pages"`
	Error      string `json:"error,omitempty"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, file := range os.Args[1:] {
		for _, one := range read(file) {
			if err := out.Encode(one); err != nil {
				panic(err)
			}
		}
	}
}

func read(file string) []row {
	fat, err := macho.OpenFat(file)
	if err == nil {
		defer fat.Close()
		var rows []row
		for _, arch := range fat.Arches {
			rows = append(rows, describe(file, arch.File))
		}
		return rows
	}
	if !errors.Is(err, macho.ErrNotFat) {
		return []row{{File: file, Error: err.Error()}}
	}
	thin, err := macho.Open(file)
	if err != nil {
		return []row{{File: file, Error: err.Error()}}
	}
	defer thin.Close()
	return []row{describe(file, thin)}
}

func describe(file string, image *macho.File) row {
	one := row{File: file, CPU: uint32(image.CPU), Subtype: uint32(image.SubCPU)}
	signature := image.CodeSignature()
	if signature == nil || len(signature.CodeDirectories) == 0 {
		return one
	}
	best := signature.CodeDirectories[0]
	for _, other := range signature.CodeDirectories {
		if rank(other) > rank(best) {
			best = other
		}
	}
	one.Signed = true
	one.Identifier = best.ID
	one.Team = best.TeamID
	one.Flags = uint32(best.Header.Flags)
	one.CDHash = best.CDHash
	one.Pages = len(best.CodeSlots)
	return one
}

func rank(directory types.CodeDirectory) int {
	return int(directory.Header.HashType)
}
