// Generates the SDKs for Python and Go that "pulumi package add" writes: generate-sdks SCHEMA FOLDER. The language hosts of the
// tests are too old to generate any.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "generate-sdks"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate-sdks SCHEMA FOLDER")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(schemaFile, folder string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	pkg, err := schema.ImportSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return err
	}
	// As the CLI does: with it, the Go SDK is a module.
	pkg.SupportPack = true
	forPython, err := python.GeneratePackage(tool, pkg, nil, nil)
	if err != nil {
		return err
	}
	forGo, err := golang.GeneratePackage(tool, pkg, nil)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(folder, "python"), forPython); err != nil {
		return err
	}
	return write(filepath.Join(folder, "go"), forGo)
}

func write(folder string, files map[string][]byte) error {
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
