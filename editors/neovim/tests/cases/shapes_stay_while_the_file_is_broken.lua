return function(t)
  t.open('x.fx', t.network)
  t.replace('protocol cv', 'protocol cv cv')
  t.replace('deep |> Head()', 'deep |> Head(')
  t.settled()
  assert(#t.diagnostics() > 0)
  t.has(t.hints(), ': [8]')
end
