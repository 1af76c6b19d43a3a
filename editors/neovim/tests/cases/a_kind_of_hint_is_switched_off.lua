return function(t)
  t.open('x.fx', t.network)
  t.hints()
  local settings = { fascicle = { inlayHints = { shapes = false, dimensions = false } } }
  t.client:notify('workspace/didChangeConfiguration', { settings = settings })
  local range = { start = { line = 0, character = 0 }, ['end'] = { line = 99, character = 0 } }
  local asked = { textDocument = { uri = vim.uri_from_bufnr(0) }, range = range }
  local hints = t.request('textDocument/inlayHint', asked)
  assert(#hints == 1 and hints[1].label == '= 8', vim.inspect(hints))
end
