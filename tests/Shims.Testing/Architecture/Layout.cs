using Xunit;

namespace Shims.Testing.Architecture;

/// <summary>The folders of a project, each with those that it may know, against what has been compiled and against the source.</summary>
/// <param name="project">The project's folder in <c>src/</c>, which is its root namespace too; the namespace of a folder is that of its path.</param>
/// <param name="assembly">The compiled file.</param>
/// <param name="arrows">Each folder with those that it may know. The first know nothing; nothing knows the last. What lies in the project's own folder is not looked at.</param>
public sealed class Layout(string project, string assembly, IReadOnlyDictionary<string, string[]> arrows)
{
    /// <summary>Types that may all lead to each other.</summary>
    private const int LargestKnot = 4;

    /// <summary>Lines that a type may have, all files of a partial one together.</summary>
    private const int LongestType = 250;

    /// <summary>What the compiled types name.</summary>
    public TypeGraph Types { get; } = TypeGraph.Of(assembly);

    /// <summary>The source, as paths in the project's folder.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file))
        .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal));

    private string Root => Repository.PathTo($"src/{project}");

    /// <summary>The text of a file of the source.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The table leads in one direction, and has all folders.</summary>
    public void AssertOneDirection()
    {
        var known = new List<string>();
        foreach ((string folder, string[] mayKnow) in arrows)
        {
            Assert.True(mayKnow.All(known.Contains), $"{folder} may know a folder that comes after it");
            known.Add(folder);
        }
        Assert.Equal(known.Order(), Types.Arrows.Keys.Select(FolderOf).Where(folder => folder.Length > 0).Distinct().Order());
    }

    /// <summary>No type names one of a folder that its own may not know.</summary>
    public void AssertNoOtherArrows()
    {
        string[] wrong = [.. Types.Arrows.SelectMany(type => type.Value, (type, named) => (From: type.Key, To: named))
            .Where(arrow => FolderOf(arrow.From) is { Length: > 0 } from && FolderOf(arrow.To) is { Length: > 0 } to && from != to && !arrows[from].Contains(to))
            .Select(arrow => $"{arrow.From} -> {arrow.To}")];
        Assert.Empty(wrong);
    }

    /// <summary>No more than four types lead to each other.</summary>
    public void AssertNoLargeKnots()
    {
        string knots = string.Join('\n', Types.Cycles().Where(knot => knot.Length > LargestKnot).Select(knot => string.Join(", ", knot)));
        Assert.True(knots.Length == 0, knots);
    }

    /// <summary>Only these types are too long. A type is the file of its name, and those whose names begin with it and a dot.</summary>
    /// <param name="byFile">A partial type whose files count one by one, as do those of its portable form.</param>
    /// <param name="tooLong">Types with their folders, none of which may have become short enough.</param>
    public void AssertSizes(string? byFile, params string[] tooLong)
    {
        IEnumerable<string> found = Files.GroupBy(file => TypeOf(file).Replace("/Portable/", "/", StringComparison.Ordinal) == byFile ? file : TypeOf(file), file => File.ReadLines(Path.Combine(Root, file)).Count())
            .Where(type => type.Sum() > LongestType).Select(type => type.Key);
        Assert.Equal(tooLong.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static string TypeOf(string file) => Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileName(file).Split('.')[0]);

    /// <summary>The folder of a type, by its namespace.</summary>
    private string FolderOf(string type)
    {
        string inProject = type[(project.Length + 1)..];
        int name = inProject.LastIndexOf('.');
        return name < 0 ? "" : inProject[..name].Replace('.', '/');
    }
}
