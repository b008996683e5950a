#!/usr/bin/perl
# An upload form as thousands of sites have it, with CGI.pm.
use strict;
use warnings;
use CGI;
use Digest::SHA;

my $form = CGI->new;
if (my $file = $form->upload('file')) {
    print $form->header(-type => 'text/plain', -charset => 'utf-8', -cookie => $form->cookie(-name => 'last', -value => 'upload'));
    binmode $file;
    my $length = -s $file;
    print join(' ', scalar $form->param('title'), $length, Digest::SHA->new(256)->addfile($file)->hexdigest), "\n";
} else {
    print $form->header(-type => 'text/html', -charset => 'utf-8');
    print '<form method="post" enctype="multipart/form-data" action="', $form->url(-absolute => 1), '"><input name="title"><input type="file" name="file"></form>', "\n";
}
