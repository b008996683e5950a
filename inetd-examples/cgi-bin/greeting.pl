#!/usr/bin/perl
# A form and its answer, with nothing but Perl itself.
use strict;
use warnings;

# Text that came from outside may only appear in HTML with these five characters replaced.
sub escape_html {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "'" => '&#39;');
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

my %field;
for my $pair (split /[&;]/, $ENV{QUERY_STRING} // '') {
    my ($name, $value) = map { tr/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ger } split /=/, $pair, 2;
    $field{$name} = $value // '' if defined $name;
}

my $name = escape_html($field{name} // '');
my $greeting = $name eq '' ? 'Who are you?' : "Hello, $name!";
print <<"END";
Content-Type: text/html; charset=utf-8

<!doctype html>
<title>Greeting</title>
<h1>$greeting</h1>
<form><label>Name <input name="name" value="$name"></label> <button>Greet me</button></form>
END
