return function(t)
  t.open('x.fx', t.network)
  t.at('thickness')
  t.has(t.ask('textDocument/hover').contents.value, 'numbers from 2 to 2.5; 1 cell is missing')
end
