namespace Shims.Control.Doctor;

/// <summary>Looks at one kind of thing.</summary>
internal interface IExamination
{
    /// <summary>Whether this is the kind of thing.</summary>
    /// <param name="what">An absolute path, which may lead nowhere; or an address such as <c>tcp:127.0.0.1:9000</c>.</param>
    bool Recognises(string what);

    /// <summary>Looks at it.</summary>
    /// <param name="what">A thing that was recognised.</param>
    /// <param name="settings">For whom, and how far.</param>
    /// <returns>Findings as they are made, in the order in which a request meets them.</returns>
    IEnumerable<Finding> Examine(string what, DoctorSettings settings);

    /// <summary>All things of that kind on this machine, for a command line that names none.</summary>
    IEnumerable<string> FindAll() => [];
}
