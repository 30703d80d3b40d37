package main

import "go.yaml.in/yaml/v3"

// get returns the value of a key, or nil.
func get(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// scalar returns the text of a scalar node, or "".
func scalar(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// set sets the value of a key to a scalar.
func set(node *yaml.Node, key, text, tag string) {
	if value := get(node, key); value != nil {
		*value = yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text, Line: value.Line}
		return
	}
	value := newText(text, node.Line)
	value.Tag = tag
	node.Content = append(node.Content, newText(key, node.Line), value)
}

// newText returns a string node. line is its line in the published file.
func newText(text string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: line}
}

// renameKey renames a key.
func renameKey(node *yaml.Node, from, to string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == from {
			node.Content[i].Value = to
		}
	}
}

// remove removes a key and its value.
func remove(node *yaml.Node, key string) {
	removeIf(node, func(name, _ *yaml.Node) bool { return name.Value == key })
}

// removeIf removes the pairs for which unwanted returns true.
func removeIf(node *yaml.Node, unwanted func(key, value *yaml.Node) bool) {
	kept := node.Content[:0]
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !unwanted(node.Content[i], node.Content[i+1]) {
			kept = append(kept, node.Content[i], node.Content[i+1])
		}
	}
	node.Content = kept
}
