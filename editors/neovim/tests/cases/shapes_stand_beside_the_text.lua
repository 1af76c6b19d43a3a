return function(t)
  t.open('x.fx', t.network)
  local hints = t.hints()
  t.has(hints, ': [8]')
  t.has(hints, 'n=2')
  t.has(hints, '= 8')
end
