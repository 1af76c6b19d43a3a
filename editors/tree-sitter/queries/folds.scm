(block) @fold
(arguments) @fold
(list) @fold
(comment)+ @fold
(doc_comment)+ @fold
