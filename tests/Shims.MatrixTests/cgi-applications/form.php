#!/usr/bin/php-cgi
<?php
header('Content-Type: text/plain; charset=utf-8');
echo PHP_SAPI, ' ', $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['PHP_SELF'], "\n";
echo 'q=', $_GET['q'] ?? '', ' text=', $_POST['text'] ?? '', "\n";
if (isset($_FILES['file']))
    echo $_FILES['file']['size'], ' ', hash_file('sha256', $_FILES['file']['tmp_name']), "\n";
