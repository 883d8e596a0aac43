service S { i32 F(1: i32 a) (streaming.mode='bidi') }
