using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>PHP. Its modules are extensions, known by the functions and classes that are missing without them.</summary>
internal sealed partial class PhpLanguage : Language
{
    private static readonly (string Beginning, string Extension)[] s_extensions =
    [
        ("mysqli", "mysql"), ("pg_", "pgsql"), ("PDO", "mysql"), ("SQLite3", "sqlite3"), ("curl", "curl"), ("CURL", "curl"),
            ("mb_", "mbstring"), ("simplexml", "xml"),
        ("SimpleXML", "xml"), ("DOM", "xml"), ("dom_", "xml"), ("utf8_", "xml"), ("image", "gd"), ("gd_", "gd"), ("Zip", "zip"),
            ("zip_", "zip"), ("ldap", "ldap"), ("imap", "imap"),
        ("Soap", "soap"), ("Intl", "intl"), ("Normalizer", "intl"), ("bc", "bcmath"), ("gmp", "gmp"), ("Imagick", "imagick"),
            ("Redis", "redis"), ("Memcached", "memcached"), ("apcu", "apcu"),
    ];

    internal override string Name => "PHP";

    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, "-l", script];

    internal override SourceFault? FindFault(string output, string script) => Fault(FaultLine().Match(output));

    internal override IEnumerable<string> Repairs(string line) =>
        [$"{line};", $"{line})", $"{line});", $"{line} {{", $"{line} }}", $"{line}';", $"{line}\";"];

    internal override string? FindMissingModule(string output)
    {
        if (Module(MissingSymbol().Match(output)) is not { } symbol)
            return null;
        return Array.Find(s_extensions, known => symbol.StartsWith(known.Beginning, StringComparison.Ordinal)).Extension;
    }

    internal override IEnumerable<string> DebianPackagesOf(string module) => [$"php-{module}"];

    internal override string InstallCommand(string interpreter, string module) => $"pecl install {ShellWords.Quote(module)}";

    internal override bool Speaks(string interpreter) => interpreter.StartsWith("php", StringComparison.Ordinal);

    [GeneratedRegex(@"(Parse|Fatal) error: +(?<message>.+) in \S.* on line (?<line>\d+)")]
    private static partial Regex FaultLine();

    [GeneratedRegex(@"(Call to undefined function |Class [""'])(?<module>\w+)(\(\)|[""'] not found)")]
    private static partial Regex MissingSymbol();
}
