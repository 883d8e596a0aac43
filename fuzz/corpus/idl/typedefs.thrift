typedef B A typedef A B const list<A> X = [1, {2: 'x'}]
