return function(t)
  t.open('x.fx', (t.network:gsub('relu', 'rellu')))
  local error = t.diagnostics()[1]
  local range = error.user_data.lsp.range
  local context = { diagnostics = { error.user_data.lsp }, triggerKind = 1 }
  local asked = { textDocument = { uri = vim.uri_from_bufnr(0) }, range = range, context = context }
  local actions = t.request('textDocument/codeAction', asked)
  assert(#actions > 0 and actions[1].edit, vim.inspect(actions))
  vim.lsp.util.apply_workspace_edit(actions[1].edit, t.client.offset_encoding)
  t.settled()
  assert(#t.diagnostics() == 0, vim.inspect(t.diagnostics()))
end
