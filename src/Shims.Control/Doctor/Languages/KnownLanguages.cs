namespace Shims.Control.Doctor.Languages;

/// <summary>The languages that doctor knows.</summary>
internal static class KnownLanguages
{
    private static readonly IReadOnlyList<Language> s_all = [new PerlLanguage(), new PythonLanguage(), new PhpLanguage(),
        new RubyLanguage(), new ShellLanguage(), new NodeLanguage()];

    /// <summary>The language of an interpreter.</summary>
    /// <param name="interpreter">Its name, such as <c>python3.12</c>.</param>
    /// <returns>Null for one that doctor knows nothing of.</returns>
    internal static Language? Of(string interpreter) => s_all.FirstOrDefault(language => language.Speaks(interpreter));
}
