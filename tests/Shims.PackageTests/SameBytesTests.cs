namespace Shims.PackageTests;

/// <summary>Two clones of one commit, in folders whose names differ in length, give the same packages to the last byte.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class SameBytesTests(Distribution distribution)
{
    [Fact]
    public async Task Two_clones_in_folders_of_different_length_give_the_same_bytes()
    {
        distribution.Require();
        Requires.Place(Directory.Exists(Repository.PathTo(".git")) || File.Exists(Repository.PathTo(".git")), "a checkout with its history");
        using var folder = new TemporaryFolder();
        string[] sums = new string[2];
        foreach ((int index, string name) in new[] { (0, "a"), (1, "a-folder-whose-name-is-longer-than-the-other/and/deeper") })
        {
            string clone = folder.PathTo(name);
            await RunAsync("git", ["-c", "safe.directory=*", "clone", "--quiet", Repository.Root, clone], folder.Path);
            await RunAsync("make", ["--no-print-directory", "packages"], clone);
            sums[index] = await File.ReadAllTextAsync(Path.Combine(clone, "artifacts/dist/SHA256SUMS"), TestContext.Current.CancellationToken);
        }
        Assert.Equal(sums[0], sums[1]);
    }

    [Fact]
    public void A_program_names_no_folder_of_the_machine_that_built_it()
    {
        foreach (string program in new[] { "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shim-dotnet", "shimctl" })
            Assert.False(File.ReadAllBytes(Repository.Program(program)).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Repository.Root)) >= 0, $"{program} names {Repository.Root}");
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        // Two whole builds.
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf(program), Arguments = arguments, Folder = folder }.WithEnvironment(Distribution.Surroundings), TimeSpan.FromMinutes(40));
        Assert.True(result.ExitCode == 0, $"{program}: {result.ErrorText}{result.OutputText}");
    }
}
