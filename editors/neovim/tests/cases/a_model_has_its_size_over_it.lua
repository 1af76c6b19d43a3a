return function(t)
  t.open('x.fx', t.network)
  t.has(t.lenses(), 'check\nrun\n42 parameters')
  t.replace('= 8', '= 9')
  t.settled()
  t.has(t.lenses(), 'since opened: +5 parameters')
end
