namespace Shims.Control.Servers.Apps;

/// <summary>
/// An app of ASP.NET Core as <c>dotnet publish</c> writes it: a program with NAME.dll and NAME.runtimeconfig.json beside it, or one file.
/// </summary>
/// <param name="Program">The program that is started. Absolute, without links.</param>
/// <param name="IsNative">True for native code; false for a program that the .NET runtime runs.</param>
internal sealed record PublishedApp(string Program, bool IsNative)
{
    /// <summary>The environment of an app of which nothing else is said.</summary>
    internal const string Production = "Production";

    private const string Library = "Shims.AspNetCore", Framework = "Microsoft.AspNetCore.App", Method = "UseShim";

    /// <summary>
    /// The names that an app refers to if its cookies or form tokens have to outlive its process. In native code there are names of all of the framework; but only an app with data
    /// protection, which sessions, logins and form tokens rest on, has the type that provides its keys.
    /// </summary>
    private static readonly string[] s_native = ["KeyRingProvider"],
        s_managed = ["Microsoft.AspNetCore.Session", "Microsoft.AspNetCore.Authentication.Cookies", "Microsoft.AspNetCore.Antiforgery", "Microsoft.AspNetCore.DataProtection",
            "Microsoft.AspNetCore.Mvc.RazorPages", "Microsoft.AspNetCore.Mvc.ViewFeatures", "Microsoft.AspNetCore.Components.Endpoints"];

    /// <summary>The app's own folder, in which its settings are.</summary>
    internal string Folder => Path.GetDirectoryName(Program) ?? "/";

    /// <summary>True if it calls <c>UseShim()</c>, as far as its files tell: it has the library, and names the method.</summary>
    internal required bool UsesShim { get; init; }

    /// <summary>True if it has a heap for each processor, as the Web SDK sets it.</summary>
    internal bool HasServerHeap { get; init; }

    /// <summary>True if it has forms, logins or sessions, as far as its files tell.</summary>
    internal bool NeedsKeys => Markers.Any(IsNative ? Program : Program + ".dll", IsNative ? s_native : s_managed);

    /// <summary>Its settings: those of appsettings.json, and over them those of an environment.</summary>
    /// <param name="environment">For instance Production.</param>
    internal SettingsFile SettingsOf(string environment) =>
        SettingsFile.Read(Path.Join(Folder, "appsettings.json")).With(SettingsFile.Read(Path.Join(Folder, $"appsettings.{environment}.json")));

    /// <summary>The app that a program is; null if it is another program, or cannot be read.</summary>
    /// <param name="program">An absolute path, or that of the app's .dll.</param>
    internal static PublishedApp? Find(string program)
    {
        try
        {
            string stem = program.EndsWith(".dll", StringComparison.Ordinal) ? program[..^".dll".Length] : program;
            if (!File.Exists(program) || !Path.IsPathRooted(program))
                return null;
            stem = File.ResolveLinkTarget(stem, returnFinalTarget: true)?.FullName ?? stem;
            return File.Exists(stem + ".runtimeconfig.json") ? OfFiles(stem) : OfOneFile(stem);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static PublishedApp? OfFiles(string stem)
    {
        SettingsFile settings = SettingsFile.Read(stem + ".runtimeconfig.json");
        if (!settings.All("runtimeOptions").Any(static setting => setting.Value == Framework))
            return null;
        return new PublishedApp(stem, IsNative: false)
        {
            UsesShim = HasLibrary(stem) && Calls(stem),
            HasServerHeap = settings["runtimeOptions:configProperties:System.GC.Server"]?.Value == "true",
        };
    }

    private static bool HasLibrary(string stem) =>
        SettingsFile.Read(stem + ".deps.json").All("libraries").Any(static library => library.Name.StartsWith($"libraries:{Library}/", StringComparison.OrdinalIgnoreCase))
        || File.Exists(Path.Join(Path.GetDirectoryName(stem), Library + ".dll"));

    /// <summary>True if the app, or a library of its own, names the method.</summary>
    private static bool Calls(string stem) => Markers.Any(stem + ".dll", Method)
        || Directory.EnumerateFiles(Path.GetDirectoryName(stem) ?? "/", "*.dll").Any(static file => !Path.GetFileName(file).StartsWith("Shims.", StringComparison.Ordinal) && Markers.Any(file, Method));

    /// <summary>Native code; or the .NET runtime and the app in one file, which has the runtime's mark. Either has the names of what is in it.</summary>
    private static PublishedApp? OfOneFile(string program) => !Markers.IsProgram(program) || !Markers.Any(program, Library) ? null
        : new PublishedApp(program, !Markers.HasRuntime(program)) { UsesShim = true };
}
