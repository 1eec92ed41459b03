package console

// adminPages are those of administrators and supervisors.
var adminPages []page
