using Mono.Unix.Native;
using Shims.Cgi;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Live;

namespace Shims.Control.Servers.Checking;

/// <summary>Checks that the variables which the web server sends lead to a script, and divide its URL where the script ends.</summary>
internal static class ScriptChecks
{
    /// <summary>More scripts than these say nothing new.</summary>
    private const int MaxScripts = 50;

    private const string Rest = "/more";

    /// <summary>Looks at where requests lead, and sends one if that is wanted and makes sense.</summary>
    internal static IEnumerable<Finding> Examine(Upstream upstream, Service service, DoctorSettings settings) =>
        service.Command?.Target switch
        {
            null => [],
            ['/', _, .., '/'] directory => ExamineDirectory(upstream, service, directory, settings),
            // Its slash is missing, which is a finding of its own, and the web server's half is right as soon as that is there.
            ['/', ..] directory when Directory.Exists(directory) => ExamineDirectory(upstream, service, directory + "/", settings),
            var script =>
                ExamineMount(upstream, service, script)
                    .Concat(service.Command.IsGateway ? Send(upstream, service, script, upstream.UrlPrefix, settings) : []),
        };

    /// <param name="upstream">The sender.</param>
    /// <param name="service">The service that it sends to.</param>
    /// <param name="script">The script that the request leads to.</param>
    /// <param name="path">The path of the URL, decoded.</param>
    /// <param name="settings">For whom, and how far.</param>
    private static IEnumerable<Finding> Send(Upstream upstream, Service service, string script, string path, DoctorSettings settings)
    {
        if (!settings.MayRun || upstream.Own is not null || !File.Exists(script))
            return [];
        settings = settings with { Gateway = service.Command!.UpToTarget };
        string query = "";
        if (GitRepository.IsServedBy(script))
        {
            string? root = settings.VariableOf("GIT_PROJECT_ROOT")
                ?? upstream.Settings.LastOrDefault(setting => setting.Argument == "GIT_PROJECT_ROOT")?.Arguments.ElementAtOrDefault(1)
                    ?.Text;
            if (root is null || GitRepository.FindPage(root)?.Split('?', 2) is not [var page, var pageQuery])
                return [];
            (path, query) = (path.TrimEnd('/') + Uri.UnescapeDataString(page), "?" + pageQuery);
        }
        string url = string.Join('/', path.Split('/').Select(Uri.EscapeDataString)) + query;
        return upstream.Variables(path) is { } variables ? LiveCheck.Send(upstream, script, url, variables, settings) : [];
    }

    private static IEnumerable<Finding> ExamineDirectory(Upstream upstream, Service service, string directory, DoctorSettings settings)
    {
        // Those by which people expect to reach the scripts come first.
        (string Script, string Url)[] requests =
            [.. ScriptsIn(directory).SelectMany(script => UrlsFor(upstream, directory, script).Select((url, rank) => (script, url, rank)))
            .Where(request => upstream.Takes(request.url)).OrderBy(request => request.rank)
                .Select(request => (request.script, request.url))];
        bool isKnown = false;
        foreach ((string script, string url) in requests)
        {
            if (upstream.Variables(url) is not { } variables)
                continue;
            isKnown = true;
            if (SimulatedRequest.Resolve(directory, variables, upstream.MountOf(service)).Resolution == Resolution.Found)
                return ExamineDivision(upstream, service, directory, url, variables).Concat(Send(upstream, service, script, url, settings));
        }
        return isKnown ? [Unreachable(upstream, service, directory, requests)] : [];
    }

    private static Finding Unreachable(Upstream upstream, Service service, string directory, (string Script, string Url)[] requests)
    {
        (string script, string url) = requests.First(request => upstream.Variables(request.Url) is not null);
        IReadOnlyDictionary<string, string> variables = upstream.Variables(url)!;
        SimulatedAnswer answer = SimulatedRequest.Resolve(directory, variables, upstream.MountOf(service));
        string sent = variables.TryGetValue("SCRIPT_FILENAME", out string? file) && file.Length > 0
            ? $"SCRIPT_FILENAME={file}"
            : "no SCRIPT_FILENAME";
        string why = answer.Resolution switch
        {
            Resolution.Outside => $"which is not under {directory} ({service.CommandPlace}): 403",
            Resolution.NotNamed => "and nothing else that names a script: 404",
            _ => $"and there is no such script under {directory} ({service.CommandPlace}): 404",
        };
        (LineEdit? fix, string? line) = upstream.FixScriptFile(url, script);
        return new Finding(Severity.Error, (upstream.ScriptFile?.Place ?? upstream.Place).ToString(),
            $"for {url} {upstream.Server} sends {sent}, {why}")
        {
            Fix = fix,
            Advice = upstream.Then(line is null ? $"let SCRIPT_FILENAME be {script} for {url}" : $"write \"{line}\""),
        };
    }

    private static IEnumerable<Finding> ExamineDivision(
        Upstream upstream, Service service, string target, string url, IReadOnlyDictionary<string, string> variables)
    {
        if (!upstream.Takes(url + Rest) || upstream.Variables(url + Rest) is not { } withRest)
            return [];
        SimulatedAnswer plain = SimulatedRequest.Resolve(target, variables, upstream.MountOf(service)), answer = SimulatedRequest.Resolve(target, withRest, upstream.MountOf(service));
        return answer.Resolution == Resolution.Found && answer.ScriptName == plain.ScriptName && answer.PathInfo == Rest
            ? []
            : [Divided(upstream, url, answer)];
    }

    /// <summary>A script or program that is mounted at a path: what follows the path is its PATH_INFO.</summary>
    private static IEnumerable<Finding> ExamineMount(Upstream upstream, Service service, string script)
    {
        string mount = upstream.UrlPrefix.TrimEnd('/');
        if (mount.Length > 0 && !upstream.UrlPrefix.EndsWith('/') && upstream.Takes(mount + "2"))
        {
            yield return new Finding(Severity.Warning, upstream.Place.ToString(),
                $"{mount} also takes {mount}2 and whatever else begins like it. As it should be: for {mount}{Rest} SCRIPT_NAME={mount} "
                    + $"and PATH_INFO={Rest}, and {mount}2 is none of it")
            {
                Fix = upstream.FixMount(),
                Advice = upstream.Then($"let only {mount} and the paths below {mount}/ come this way"),
            };
            yield break;
        }
        if (!upstream.Takes(mount + Rest) || upstream.Variables(mount + Rest) is not { } variables)
            yield break;
        SimulatedAnswer answer = SimulatedRequest.Resolve(script, variables, upstream.MountOf(service));
        if (answer.ScriptName != mount || answer.PathInfo != Rest)
            yield return Divided(upstream, mount, answer) with { Fix = upstream.FixMount() };
    }

    private static Finding Divided(Upstream upstream, string url, SimulatedAnswer answer) =>
        new(Severity.Warning, upstream.Place.ToString(),
        $"for {url}{Rest} the script gets SCRIPT_NAME={answer.ScriptName} and PATH_INFO={answer.PathInfo}; as it should be: "
            + $"SCRIPT_NAME={url} and PATH_INFO={Rest}")
        { Advice = upstream.Then("let the web server divide the path where the script ends") };

    /// <summary>
    /// URLs by which people reach a script: its name after the upstream's path, with or without the suffix, or the folder's and its name.
    /// </summary>
    private static IEnumerable<string> UrlsFor(Upstream upstream, string directory, string script)
    {
        string prefix = upstream.UrlPrefix.EndsWith('/') ? upstream.UrlPrefix : upstream.UrlPrefix + "/";
        string name = Path.GetRelativePath(directory, script);
        yield return prefix + name;
        yield return prefix + Path.ChangeExtension(name, null);
        yield return $"/{Path.GetFileName(directory.TrimEnd('/'))}/{name}";
        yield return $"/{name}";
        // The site's root may be any folder on the way to the script.
        for (int slash = script.IndexOf('/', 1); slash > 0; slash = script.IndexOf('/', slash + 1))
            yield return script[slash..];
    }

    private static IEnumerable<string> ScriptsIn(string directory)
    {
        try
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true };
            return [.. Directory.EnumerateFiles(directory, "*", options).Where(IsExecutable).Order(StringComparer.Ordinal)
                .Take(MaxScripts)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return []; // Said where the directory itself is looked at.
        }
    }

    private static bool IsExecutable(string file) =>
        Syscall.stat(file, out Stat status) == 0
            && (status.st_mode & (FilePermissions.S_IXUSR | FilePermissions.S_IXGRP | FilePermissions.S_IXOTH)) != 0;
}
