return function(t)
  t.open('x.fx', (t.network:gsub('Linear%(2%)', 'Linear(3)')))
  local error = t.diagnostics()[1]
  assert(error.code == 'E0305', vim.inspect(error))
  t.has(error.message, 'promises [2] and gives [3]')
  local related = error.user_data.lsp.relatedInformation
  assert(#related == 2, vim.inspect(related))
  t.has(related[1].message, '[2] is promised here')
  t.has(error.user_data.lsp.codeDescription.href, 'E0305')
end
