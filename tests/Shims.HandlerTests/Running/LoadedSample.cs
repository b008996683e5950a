using System.Reflection;
using System.Runtime.Loader;

namespace Shims.HandlerTests;

/// <summary>A sample app in the process of the test: its requests take no server and no process of their own.</summary>
internal sealed class LoadedSample
{
    private readonly MethodInfo _main;
    private readonly string[] _arguments;

    private LoadedSample(MethodInfo main, string[] arguments) => (_main, _arguments) = (main, arguments);

    /// <summary>Has shim-dotnet build the app if it has changed, and loads it.</summary>
    internal static async Task<LoadedSample> LoadAsync(string name, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string answer = folder.PathTo("path");
        LaunchResult result = await Launcher.RunAsync(new Sample(name,
            IsNative: false)
        { Environment = [$"SHIMS_TELL_PATH={answer}"] }.Launch, Patience.Limit);
        Assert.True(File.Exists(answer), result.ErrorText);
        string assembly = await File.ReadAllTextAsync(answer) + ".dll";
        // Where the app does not build, shim-dotnet answers itself.
        Assert.True(File.Exists(assembly), result.OutputText + result.ErrorText);
        return new LoadedSample(new Context(assembly).LoadFromAssemblyPath(assembly).EntryPoint!, arguments);
    }

    internal ShimTestResponse Send(ShimTestRequest request) => ShimTest.Send(() => (int)_main.Invoke(null, [_arguments])!, request);

    /// <summary>Everything comes from beside the app, but for the library, which is the test's.</summary>
    private sealed class Context(string path) : AssemblyLoadContext(isCollectible: false)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name != "Shims" && _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
