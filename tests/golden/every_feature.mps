* Maximisation: the objective is the negative of what is to be made large.
NAME model FREE
ROWS
 N minus_obj
 L at_most
 E equal
 G between
 G at_least
 G no_entry
COLUMNS
 x(1) minus_obj -3.0
 x(1) at_most 1.0
 MARKER 'MARKER' 'INTORG'
 x(2) at_most 2.0
 x(2) equal 1.0
 MARKER 'MARKER' 'INTEND'
 y(a_b) minus_obj -2.5
 y(a_b) equal 0.25
 y(a_b) between 1.0
 z(1) between -1.0
 z(1) at_least 0.1
 MARKER 'MARKER' 'INTORG'
 n minus_obj 1.0
 n at_least 0.3333333333333333
 MARKER 'MARKER' 'INTEND'
 w_part at_least 1e-05
 fixed minus_obj -0.5
 _ minus_obj 0.0
 ONE_VAR_CONSTANT minus_obj 10.25
RHS
 RHS at_most 4.0
 RHS equal 1.5
 RHS between 0.5
 RHS at_least 0.1
 RHS no_entry -2.0
RANGES
 RANGE between 5.5
 RANGE no_entry 5.0
BOUNDS
 UP BOUND x(2) 1.0
 MI BOUND y(a_b)
 UP BOUND y(a_b) 40.0
 MI BOUND z(1)
 UP BOUND z(1) -2.0
 PL BOUND n
 LO BOUND w_part -3.0
 UP BOUND w_part 3.5
 FX BOUND fixed 7.0
 FX BOUND ONE_VAR_CONSTANT 1.0
ENDATA
