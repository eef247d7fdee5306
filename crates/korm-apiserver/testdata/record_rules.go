// Records what Kubernetes says of the rules in rules.json when they are defined, and what it takes them to cost, with the
// compiler of kube-apiserver itself: a server does not tell what rules cost.
//
// Usage, in testbed/: go run ../crates/korm-apiserver/testdata/record_rules.go ../crates/korm-apiserver/testdata/rules.json
//
// To ask for more, add cases with a rule only.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"regexp"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type answers struct {
	Schema json.RawMessage `json:"schema"`
	Cases  []answer        `json:"cases"`
}

type answer struct {
	Rule              string  `json:"rule"`
	MessageExpression string  `json:"messageExpression,omitempty"`
	OptionalOldSelf   *bool   `json:"optionalOldSelf,omitempty"`
	Error             string  `json:"error,omitempty"`
	Cost              *uint64 `json:"cost,omitempty"`
	MessageCost       *uint64 `json:"messageCost,omitempty"`
}

// The name of the type that a rule is about ends in the time.
var selfType = regexp.MustCompile(`selfType\d+`)

func main() {
	if err := record(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func record(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var all answers
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	structural, err := structuralOf(all.Schema)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\"schema\":%s,\n\"cases\":[\n", all.Schema)
	for number, asked := range all.Cases {
		answer, err := ask(asked, structural)
		if err != nil {
			return fmt.Errorf("%s: %w", asked.Rule, err)
		}
		if number > 0 {
			// The encoder has ended the line.
			out.Truncate(out.Len() - 1)
			out.WriteString(",\n")
		}
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(answer); err != nil {
			return err
		}
	}
	out.WriteString("]}\n")
	return os.WriteFile(path, out.Bytes(), 0o644)
}

func structuralOf(text json.RawMessage) (*schema.Structural, error) {
	var external v1.JSONSchemaProps
	if err := json.Unmarshal(text, &external); err != nil {
		return nil, err
	}
	var internal apiextensions.JSONSchemaProps
	if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&external, &internal, nil); err != nil {
		return nil, err
	}
	return schema.NewStructural(&internal)
}

func ask(asked answer, structural *schema.Structural) (answer, error) {
	structural.XValidations = v1.ValidationRules{{
		Rule:              asked.Rule,
		MessageExpression: asked.MessageExpression,
		OptionalOldSelf:   asked.OptionalOldSelf,
	}}
	results, err := cel.Compile(
		structural,
		model.SchemaDeclType(structural, false),
		celconfig.PerCallLimit,
		environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()),
		cel.NewExpressionsEnvLoader(),
	)
	if err != nil {
		return answer{}, err
	}
	result := results[0]
	told := answer{
		Rule:              asked.Rule,
		MessageExpression: asked.MessageExpression,
		OptionalOldSelf:   asked.OptionalOldSelf,
	}
	switch {
	case result.Error != nil:
		told.Error = result.Error.Detail
	case result.MessageExpressionError != nil:
		told.Error = result.MessageExpressionError.Detail
	default:
		told.Cost = &result.MaxCost
		if asked.MessageExpression != "" {
			told.MessageCost = &result.MessageExpressionMaxCost
		}
	}
	told.Error = selfType.ReplaceAllString(told.Error, "selfType1")
	return told, nil
}
