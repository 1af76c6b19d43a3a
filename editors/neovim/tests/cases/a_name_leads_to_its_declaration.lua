return function(t)
  t.open('x.fx', t.network)
  t.at('Head()')
  local found = t.ask('textDocument/definition')
  local place = found.range or found[1].range or found[1].targetSelectionRange
  assert(place.start.line == 4, vim.inspect(found))
end
