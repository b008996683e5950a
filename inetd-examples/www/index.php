<?php
// PHP without an execute bit and without a #! line: the line of the super-server names php-cgi.
header('Content-Type: text/html; charset=utf-8');
$name = htmlspecialchars($_GET['name'] ?? 'world');
?>
<!doctype html>
<title>PHP</title>
<h1>Hello, <?= $name ?>!</h1>
<form><label>Name <input name="name"></label> <button>Greet</button></form>
<p>PHP <?= PHP_VERSION ?> runs <?= htmlspecialchars(basename($_SERVER['SCRIPT_FILENAME'])) ?>.</p>
