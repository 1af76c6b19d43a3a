return function(t)
  t.open('x.fx', t.network)
  t.at('Linear')
  local text = t.ask('textDocument/hover').contents.value
  t.has(text, '[2] → [8]')
  t.has(text, '24 parameters')
  t.has(text, 'torch.nn.Linear')
end
