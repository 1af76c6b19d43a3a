return function(t)
  t.open('x.fx', t.network .. 'param depth: int = 3\n')
  local found = t.diagnostics()[1]
  assert(found.code == 'W0901' and found._tags.unnecessary, vim.inspect(found))
end
