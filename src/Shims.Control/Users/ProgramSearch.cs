namespace Shims.Control.Users;

/// <summary>Finds programs on a PATH, as <c>execvp</c> does for a user.</summary>
internal static class ProgramSearch
{
    /// <summary>The first program of that name that the user may run.</summary>
    /// <param name="name">A name without a slash.</param>
    /// <param name="path">Folders, separated by colons.</param>
    internal static string? Find(string name, string path, UserAccount user) =>
        All(name, path).FirstOrDefault(candidate => user.May(Access.Execute, candidate));

    /// <summary>Everything of that name, even if the user may not run it.</summary>
    internal static IEnumerable<string> All(string name, string path) =>
        path.Split(':').Select(folder => Path.Combine(folder.Length == 0 ? "." : folder, name)).Where(File.Exists);
}
