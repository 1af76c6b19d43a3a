(source_file) @local.scope
(block) @local.scope
(declaration name: (identifier) @local.definition)
(binding name: (identifier) @local.definition)
(identifier) @local.reference
